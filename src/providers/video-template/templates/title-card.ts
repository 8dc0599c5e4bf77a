import { z } from "zod";
import { mix } from "../colours.ts";
import { entered } from "../motion.ts";
import { isRightToLeft } from "../../../drawing/scripts.ts";
import { frame, image, num, rect } from "../shapes.ts";
import { sizes, type Box, type Stage } from "../stage.ts";
import { defineTemplate, type Film } from "../template.ts";
import { filePath, lookProps, text } from "../template-props.ts";
import { drawBlock, setLine, setText } from "../text-block.ts";

const Props = z.strictObject({
  title: text(120),
  subtitle: text(200).optional(),
  kicker: text(40).optional().describe("A few words above the title"),
  image: filePath.optional().describe("A PNG or JPEG of the project beside the title"),
  ...lookProps("ink"),
});
type Props = z.infer<typeof Props>;

/** A title with a line above and a sentence below; beside a picture, or before slowly turning rings. */
export const titleCard = defineTemplate<Props>({
  id: "title-card",
  title: "Title card",
  summary: "A headline with kicker, subtitle and brand; with a picture if there is one.",
  example: {
    kicker: "New in autumn",
    title: "Know which pages earn their keep",
    subtitle: "Measured every week, decided by evidence.",
    brand: "acme.example",
  },
  props: Props,
  pictures: ({ image: picture }) => [picture],
  seconds: () => 5,
  compose,
});

function compose(props: Props, stage: Stage): Film {
  const { look, unit, seconds } = stage;
  const { picture, column } = places(props, stage);
  const href = props.image === undefined ? undefined : stage.picture(props.image, picture.width, picture.height);
  const gap = 30 * unit;
  const small = props.image !== undefined && stage.width <= stage.height;
  const brandRoom = props.brand ? (small ? 84 : 92) * unit : 0;
  const kicker =
    props.kicker &&
    setText(stage, props.kicker, {
      face: "bold",
      width: column.width,
      height: 70 * unit,
      sizes: sizes(stage, 25, 20),
      tracking: 0.06,
      name: "kicker",
    });
  const subtitle =
    props.subtitle &&
    setText(stage, props.subtitle, {
      face: "regular",
      width: column.width * 0.94,
      height: column.height * 0.3,
      sizes: sizes(stage, small ? 28 : 35, 22),
      leading: 1.4,
      name: "subtitle",
    });
  const rest =
    column.height - brandRoom - (kicker ? kicker.height + gap : 0) - (subtitle ? subtitle.height + gap * 1.4 : 0);
  const title = setText(stage, props.title, {
    face: "bold",
    width: column.width,
    height: rest,
    sizes: sizes(stage, 97, 25),
    leading: 1.12,
    tracking: -0.025,
    name: "title",
  });
  const total = (kicker ? kicker.height + gap : 0) + title.height + (subtitle ? subtitle.height + gap * 1.4 : 0);
  const top = column.y + Math.max(0, (column.height - brandRoom - total) / 2);
  const titleTop = top + (kicker ? kicker.height + gap : 0);
  const subtitleTop = titleTop + title.height + gap * 1.4;
  // A short film must not be over before everything is there.
  const pace = Math.min(1, seconds / 3);
  const brand =
    props.brand === undefined
      ? undefined
      : setLine(stage, props.brand, {
          face: "bold",
          width: column.width,
          sizes: [22 * unit, 20 * unit, 18 * unit],
          name: "brand",
        });
  return (now) => {
    const at = now / pace;
    const bar = entered(at, 0, 0.5);
    return frame(stage, [
      href === undefined ? rings(stage, now, title.turned) : image(href, picture, 0, "picture"),
      kicker
        ? drawBlock(
            stage,
            { ...kicker, turned: title.turned },
            { ...column, y: top, fill: look.accent, shown: () => entered(at, 0.1, 0.5) },
          )
        : "",
      drawBlock(stage, title, {
        ...column,
        y: titleTop,
        fill: look.text,
        shown: (index) => entered(at, 0.2 + index * 0.12, 0.6),
      }),
      subtitle
        ? drawBlock(
            stage,
            { ...subtitle, turned: title.turned },
            {
              ...column,
              y: subtitleTop,
              fill: look.soft,
              shown: (index) => entered(at, 0.65 + index * 0.08, 0.6),
            },
          )
        : "",
      brand
        ? rect(
            {
              x: title.turned ? column.x + column.width - 44 * unit * bar : column.x,
              y: column.y + column.height - 44 * unit,
              width: 44 * unit * bar,
              height: 5 * unit,
            },
            look.accent,
          ) +
          drawBlock(
            stage,
            { ...brand, turned: title.turned },
            {
              ...column,
              y: column.y + column.height - 5 * unit - brand.size * 0.73,
              fill: look.text,
              shown: () => entered(at, 0.9, 0.5),
            },
          )
        : "",
    ]);
  };
}

/** The picture takes two fifths: beside the text on a wide film, above it on others. What is read from the right stands on the right. */
function places({ title, image: wanted }: Props, { width, height, safe, unit }: Stage): { picture: Box; column: Box } {
  const turned = isRightToLeft(title);
  const wide = width > height;
  const right = safe.x + safe.width;
  if (wanted === undefined) {
    const room = safe.width * (wide ? 0.8 : 1);
    return { picture: safe, column: { ...safe, x: turned ? right - room : safe.x, width: room } };
  }
  if (wide) {
    const size = Math.round(width * 0.4);
    const room = width - size - safe.x - 48 * unit;
    return {
      picture: { x: turned ? 0 : width - size, y: 0, width: size, height },
      column: { ...safe, x: turned ? right - room : safe.x, width: room },
    };
  }
  const edge = Math.round(height * (height > width ? 0.42 : 0.36));
  const top = edge + 48 * unit;
  return {
    picture: { x: 0, y: 0, width, height: edge },
    column: { ...safe, y: top, height: safe.y + safe.height - top },
  };
}

/** Rings around the lower corner at which lines end, that drift outwards; near the background, so that a text before them can be read. */
function rings({ width, height, look, unit }: Stage, now: number, turned: boolean): string {
  const [x, y] = [width * (turned ? 0.02 : 0.98), height * 0.96];
  const step = 92 * unit;
  const shift = (now * 7 * unit) % step;
  return Array.from({ length: 6 }, (_, index) => {
    const radius = index * step + shift;
    // The outermost fades out, the innermost in: the drift has no end.
    const share = Math.sin(Math.min(1, radius / (6 * step)) * Math.PI);
    return `<circle cx="${num(x)}" cy="${num(y)}" r="${num(radius)}" fill="none" stroke="${mix(look.background, look.tint, share)}" stroke-width="${num(22 * unit)}"/>`;
  }).join("");
}
