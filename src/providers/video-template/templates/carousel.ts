import { z } from "zod";
import { moved } from "../motion.ts";
import { isRightToLeft } from "../../../drawing/scripts.ts";
import { frame, image, line, num, rect } from "../shapes.ts";
import { sizes, type Box, type Stage } from "../stage.ts";
import { defineTemplate, type Film } from "../template.ts";
import { filePath, lookProps, text } from "../template-props.ts";
import { drawBlock, setLine, setText } from "../text-block.ts";

const Slide = z.strictObject({
  title: text(70),
  text: text(180).optional(),
  image: filePath.optional().describe("A PNG or JPEG of the project"),
});
type Slide = z.infer<typeof Slide>;
const Props = z.strictObject({ slides: z.array(Slide).min(2).max(8), ...lookProps("ocean") });
type Props = z.infer<typeof Props>;

/** Seconds that one slide takes to give way to the next. */
const CHANGE = 0.6;
/** Seconds below which a slide cannot be read. */
const SHORTEST = 1.5;

/** Two to eight slides one after the other, with a bar that shows how far one is. */
export const carousel = defineTemplate<Props>({
  id: "carousel",
  title: "Carousel",
  summary: "Two to eight slides with title, text and picture that move on by themselves.",
  example: {
    slides: [
      { title: "Three checks before you scale", text: "A campaign that grows on weak ground loses more, faster." },
      {
        title: "Does each query have one page?",
        text: "Two pages for one intent split what little authority they have.",
      },
      { title: "Is the tracking still whole?", text: "A tag that fires twice looks exactly like growth." },
      { title: "Who can undo it?", text: "Write down the way back before you take the way forward." },
    ],
    brand: "acme.example",
  },
  props: Props,
  pictures: ({ slides }) => slides.map((slide) => slide.image),
  seconds: ({ slides }) => slides.length * 3,
  compose,
});

function compose({ slides, brand }: Props, stage: Stage): Film {
  const { look, unit, safe, width, seconds } = stage;
  const each = seconds / slides.length;
  const change = Math.min(CHANGE, each / 3);
  if (each < SHORTEST)
    stage.warn(
      `each slide is shown for ${num(each)} s, which is too short to read; ${num(slides.length * 3)} s in all would do`,
    );
  const footer = 56 * unit;
  const room: Box = { x: safe.x, y: safe.y + 44 * unit, width: safe.width, height: safe.height - 44 * unit - footer };
  const drawn = slides.map((slide, index) => composeSlide(slide, index, room, stage));
  const label =
    brand === undefined
      ? undefined
      : setLine(stage, brand, {
          face: "bold",
          width: safe.width - 110 * unit,
          sizes: [22, 20, 18, 16, 15].map((size) => size * unit),
          name: "brand",
        });
  const gap = 8 * unit;
  const part = (safe.width - gap * (slides.length - 1)) / slides.length;
  return (now) => {
    // The last slide stays.
    const steps = slides.map((_, index) => (index === 0 ? 0 : moved(now, index * each - change / 2, change)));
    const place = steps.reduce((sum, step) => sum + step, 0);
    const bar = slides.map((_, index) => {
      const box = { x: safe.x + index * (part + gap), y: safe.y, width: part, height: 6 * unit };
      const share = Math.min(1, Math.max(0, now / each - index));
      return rect(box, look.tint, 3 * unit) + rect({ ...box, width: part * share }, look.accent, 3 * unit);
    });
    const seen = drawn.map((slide, index) => {
      const shift = (index - place) * width;
      return Math.abs(shift) < width ? slide(shift) : "";
    });
    const count = `${Math.min(slides.length, Math.round(place) + 1)} / ${slides.length}`;
    const y = safe.y + safe.height - 4 * unit;
    return frame(stage, [
      ...seen,
      ...bar,
      label
        ? drawBlock(stage, { ...label, turned: false }, { ...safe, y: y - label.size * 0.73, fill: look.text })
        : "",
      line(stage, count, {
        x: safe.x + safe.width,
        y,
        size: 22 * unit,
        face: "regular",
        fill: look.soft,
        anchor: "end",
      }),
    ]);
  };
}

/** The slide, to be drawn so many pixels to the right of its place. */
function composeSlide(slide: Slide, index: number, room: Box, stage: Stage): (shift: number) => string {
  const { look, unit } = stage;
  const wide = stage.width > stage.height;
  const picture = slide.image === undefined ? undefined : pictureBox(room, wide, unit, isRightToLeft(slide.title));
  const href =
    slide.image === undefined || picture === undefined
      ? undefined
      : stage.picture(slide.image, picture.width, picture.height);
  const column = textBox(room, wide, unit, picture);
  const numeral = picture ? 0 : 112 * unit;
  const body =
    slide.text === undefined
      ? undefined
      : setText(stage, slide.text, {
          face: "regular",
          width: column.width,
          height: column.height * 0.42,
          sizes: sizes(stage, 35, 22),
          leading: 1.42,
          name: `text of slide ${index + 1}`,
        });
  const under = body ? body.height + 30 * unit : 0;
  const title = setText(stage, slide.title, {
    face: "bold",
    width: column.width,
    height: column.height - numeral - under,
    sizes: sizes(stage, 69, 28),
    leading: 1.14,
    tracking: -0.02,
    name: `title of slide ${index + 1}`,
  });
  const top = column.y + Math.max(0, (column.height - numeral - title.height - under) / 2);
  return (shift) => {
    const x = column.x + shift;
    const width = column.width;
    const edge = title.turned ? x + width : x;
    return [
      href !== undefined && picture
        ? image(href, { ...picture, x: picture.x + shift }, 20 * unit, `slide-${index}`)
        : "",
      numeral > 0
        ? line(stage, String(index + 1).padStart(2, "0"), {
            x: edge,
            y: top + 62 * unit,
            size: 77 * unit,
            face: "bold",
            fill: look.accent,
            anchor: title.turned ? "end" : "start",
            tracking: -0.03,
          })
        : "",
      drawBlock(stage, title, { x, y: top + numeral, width, fill: look.text }),
      body ? drawBlock(stage, body, { x, y: top + numeral + title.height + 30 * unit, width, fill: look.soft }) : "",
    ].join("");
  };
}

function pictureBox(room: Box, wide: boolean, unit: number, turned: boolean): Box {
  if (!wide) return { ...room, height: Math.round(room.height * 0.5) };
  const width = Math.round(room.width * 0.44);
  return {
    x: turned ? room.x : room.x + room.width - width,
    y: room.y + 4 * unit,
    width,
    height: Math.round(room.height - 8 * unit),
  };
}

function textBox(room: Box, wide: boolean, unit: number, picture: Box | undefined): Box {
  if (!picture) return room;
  if (wide) {
    const width = room.width - picture.width - 56 * unit;
    return { ...room, x: picture.x === room.x ? room.x + room.width - width : room.x, width };
  }
  const top = picture.y + picture.height + 40 * unit;
  return { ...room, y: top, height: room.y + room.height - top };
}
