import { z } from "zod";
import { isRightToLeft } from "../../../drawing/scripts.ts";
import { entered } from "../motion.ts";
import { frame, image, line, rect } from "../shapes.ts";
import { sizes, type Stage } from "../stage.ts";
import { defineTemplate, type Film } from "../template.ts";
import { filePath, lookProps, text } from "../template-props.ts";
import { drawBlock, setLine, setText } from "../text-block.ts";

const Props = z.strictObject({
  quote: text(280),
  author: text(60),
  role: text(80).optional().describe("Role and company of the author"),
  image: filePath.optional().describe("A PNG or JPEG of the project that shows the author"),
  ...lookProps("paper"),
});
type Props = z.infer<typeof Props>;

/** What somebody said, in large letters with serifs, and who it was. */
export const quoteCard = defineTemplate<Props>({
  id: "quote-card",
  title: "Quote card",
  summary: "A quotation with its author, role and portrait.",
  example: {
    quote: "We stopped guessing. Every Monday the numbers say what to do next, and what to leave alone.",
    author: "Dana Reyes",
    role: "Head of Growth, Northwind",
  },
  props: Props,
  pictures: ({ image: picture }) => [picture],
  seconds: ({ quote }) => Math.min(12, Math.max(5, Math.ceil(quote.length / 18))),
  compose,
});

function compose(props: Props, stage: Stage): Film {
  const { look, unit, safe, seconds } = stage;
  const wide = stage.width > stage.height;
  const mark = { size: 190 * unit, height: 74 * unit };
  const face = props.image === undefined ? 0 : 92 * unit;
  const href = props.image === undefined ? undefined : stage.picture(props.image, face, face);
  const indent = face > 0 ? face + 24 * unit : 0;
  const creditRoom = wide && props.brand !== undefined ? safe.width * 0.52 : safe.width;
  const turned = isRightToLeft(props.quote);
  const credit = {
    x: turned ? safe.x + safe.width - creditRoom : safe.x + indent,
    width: creditRoom - indent,
  };
  const author = setText(stage, props.author, {
    face: "bold",
    width: credit.width,
    height: 66 * unit,
    sizes: sizes(stage, 31, 22),
    name: "author",
  });
  const role =
    props.role &&
    setText(stage, props.role, {
      face: "regular",
      width: credit.width,
      height: 62 * unit,
      sizes: sizes(stage, 25, 20),
      leading: 1.35,
      name: "role",
    });
  const words = author.height + (role ? role.height + 14 * unit : 0);
  const creditHeight = Math.max(words, face);
  const above = mark.height + 34 * unit;
  const below = 46 * unit + creditHeight + (props.brand && !wide ? 64 * unit : 0);
  const quote = setText(stage, props.quote, {
    face: "serif",
    width: safe.width,
    height: safe.height - above - below,
    sizes: sizes(stage, props.quote.length < 60 ? 97 : 69, 22),
    leading: 1.34,
    name: "quote",
  });
  const top = safe.y + Math.max(0, (safe.height - above - quote.height - below) / 2);
  const quoteTop = top + above;
  const creditTop = quoteTop + quote.height + 46 * unit;
  const wordsTop = creditTop + (creditHeight - words) / 2;
  const right = safe.x + safe.width;
  const pace = Math.min(1, seconds / 3);
  const last = 0.3 + quote.lines.length * 0.16;
  const creditWidth = indent + Math.max(author.width, role ? role.width : 0);
  // Beside the author on a wide film, below on others.
  const brand =
    props.brand === undefined
      ? undefined
      : setLine(stage, props.brand, {
          face: "bold",
          width: wide ? safe.width - creditWidth - 40 * unit : safe.width,
          sizes: [20 * unit, 18 * unit],
          name: "brand",
        });
  return (now) => {
    const at = now / pace;
    const credited = entered(at, last, 0.6);
    return frame(stage, [
      rect(
        { x: turned ? stage.width - 14 * unit : 0, y: 0, width: 14 * unit, height: stage.height * entered(at, 0, 0.7) },
        look.accent,
      ),
      line(stage, "“", {
        x: turned ? right : safe.x - 8 * unit,
        y: top + mark.size * 0.73,
        size: mark.size,
        face: "serif",
        fill: look.accent,
        anchor: turned ? "end" : "start",
        opacity: entered(at, 0, 0.4),
      }),
      drawBlock(stage, quote, {
        ...safe,
        y: quoteTop,
        fill: look.text,
        shown: (index) => entered(at, 0.2 + index * 0.16, 0.7),
      }),
      href !== undefined && credited > 0
        ? image(
            href,
            { x: turned ? right - face : safe.x, y: creditTop + (creditHeight - face) / 2, width: face, height: face },
            face / 2,
            "portrait",
          )
        : "",
      drawBlock(
        stage,
        { ...author, turned },
        {
          x: credit.x,
          width: credit.width,
          y: wordsTop,
          fill: look.text,
          shown: () => credited,
        },
      ),
      role
        ? drawBlock(
            stage,
            { ...role, turned },
            {
              x: credit.x,
              width: credit.width,
              y: wordsTop + author.height + 14 * unit,
              fill: look.soft,
              shown: () => entered(at, last + 0.12, 0.6),
            },
          )
        : "",
      brand
        ? drawBlock(
            stage,
            { ...brand, turned: wide !== turned },
            {
              ...safe,
              y: safe.y + safe.height - 2 * unit - brand.size * 0.73,
              fill: look.accent,
              shown: () => entered(at, last + 0.2, 0.6),
            },
          )
        : "",
    ]);
  };
}
