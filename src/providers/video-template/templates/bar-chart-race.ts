import { z } from "zod";
import { RATE } from "../aspects.ts";
import { entered } from "../motion.ts";
import { composeBars } from "../race/bars.ts";
import { runRace } from "../race/race.ts";
import { frame, line, rect } from "../shapes.ts";
import { sizes, type Box, type Stage } from "../stage.ts";
import { defineTemplate, type Film } from "../template.ts";
import { affix, lookProps, text } from "../template-props.ts";
import { drawBlock, setText, type Block } from "../text-block.ts";

const Props = z
  .strictObject({
    title: text(80),
    subtitle: text(120).optional(),
    periods: z.array(text(16)).min(2).max(60).describe("One label for each point in time, such as 2021 or Jan"),
    bars: z
      .array(z.strictObject({ name: text(40), values: z.array(z.number().min(0).max(1e15)).min(2).max(60) }))
      .min(2)
      .max(12)
      .describe("One value for each period"),
    prefix: affix(4).optional().describe("Before a value, such as $ or 'EUR '"),
    suffix: affix(8).optional().describe("After a value, such as % or ' visits'"),
    highlight: text(40).optional().describe("Name of the bar that stands out"),
    source: text(80).optional(),
    ...lookProps("ink"),
  })
  .superRefine(({ bars, periods, highlight }, context) => {
    for (const [index, { name, values }] of bars.entries()) {
      if (values.length !== periods.length)
        context.addIssue({
          code: "custom",
          path: ["bars", index, "values"],
          message: `expected ${periods.length} values, one for each period, got ${values.length}`,
        });
      if (bars.findIndex((other) => other.name === name) !== index)
        context.addIssue({ code: "custom", path: ["bars", index, "name"], message: "expected every name once" });
    }
    if (highlight !== undefined && !bars.some(({ name }) => name === highlight))
      context.addIssue({ code: "custom", path: ["highlight"], message: "expected the name of a bar" });
  });
type Props = z.infer<typeof Props>;

/** Seconds for bars to grow at the start, and for the final order to be read at the end. */
const GROW = 0.6;
const HOLD = 1;

/** Bars that overtake each other as the values change from period to period. */
export const barChartRace = defineTemplate<Props>({
  id: "bar-chart-race",
  title: "Bar chart race",
  summary: "Two to twelve bars that change places over two to sixty periods.",
  example: {
    title: "Sessions by channel",
    subtitle: "Monthly, thousand visits",
    periods: ["Jan", "Feb", "Mar", "Apr", "May", "Jun"],
    bars: [
      { name: "Organic search", values: [42, 47, 55, 66, 80, 97] },
      { name: "Paid search", values: [61, 60, 63, 58, 57, 55] },
      { name: "Newsletter", values: [18, 22, 29, 34, 41, 46] },
      { name: "Social", values: [25, 31, 30, 37, 36, 44] },
      { name: "AI assistants", values: [3, 6, 11, 19, 30, 49] },
      { name: "Referral", values: [15, 14, 16, 15, 17, 18] },
    ],
    highlight: "AI assistants",
    source: "Web analytics, own property",
  },
  props: Props,
  pictures: () => [],
  seconds: ({ periods }) => Math.min(60, Math.max(5, Math.ceil(periods.length * 1.2 + HOLD))),
  compose,
});

function compose(props: Props, stage: Stage): Film {
  const { look, unit, safe, seconds, width, height } = stage;
  const wide = width > height;
  const title = setText(stage, props.title, {
    face: "bold",
    width: safe.width,
    height: (wide ? 60 : 110) * unit,
    sizes: sizes(stage, 49, 25),
    leading: 1.15,
    tracking: -0.02,
    name: "title",
  });
  const subtitle =
    props.subtitle === undefined
      ? undefined
      : setText(stage, props.subtitle, {
          face: "regular",
          width: safe.width,
          height: (wide ? 30 : 60) * unit,
          sizes: sizes(stage, 25, 20),
          leading: 1.3,
          name: "subtitle",
        });
  const head = title.height + (subtitle ? subtitle.height + 18 * unit : 0) + 36 * unit;
  const foot = 84 * unit;
  const chart: Box = {
    ...safe,
    y: safe.y + head,
    height: safe.height - head - foot - 22 * unit,
  };
  const hold = Math.min(HOLD, seconds / 5);
  const grow = Math.min(GROW, seconds / 8);
  const race = runRace(
    props.bars.map(({ values }) => values),
    {
      frames: Math.round(seconds * RATE) + 1,
      run: (index) => (index / RATE - grow) / (seconds - hold - grow),
      window: Math.round(RATE / 2),
    },
  );
  const bars = composeBars(props, chart, stage);
  const footer = composeFooter(props, { ...safe, y: safe.y + safe.height - foot, height: foot }, stage);
  return (now) => {
    const index = Math.min(race.frames.length - 1, Math.max(0, Math.round(now * RATE)));
    return frame(stage, [
      drawBlock(stage, title, { ...safe, fill: look.text }),
      subtitle ? drawBlock(stage, subtitle, { ...safe, y: safe.y + title.height + 18 * unit, fill: look.soft }) : "",
      bars(race.frames[index] ?? [], entered(now, 0, grow)),
      footer(race.places[index] ?? 0),
    ]);
  };
}

/** The track that shows how far the race has run, the present period, and where the values come from. */
function composeFooter(props: Props, box: Box, stage: Stage): (place: number) => string {
  const { look, unit, fonts } = stage;
  const note = [props.source, props.brand].filter(Boolean).join(" · ");
  const widest = (size: number): number => Math.max(...props.periods.map((one) => fonts.measure(one, size, "bold")));
  const periodSize = sizes(stage, 55, 22).find((size) => widest(size) <= box.width * (note ? 0.5 : 1)) ?? 20 * unit;
  const room = box.width - widest(periodSize) - 40 * unit;
  const bottom = box.y + box.height - 6 * unit;
  const source: Block | undefined = note
    ? setText(stage, note, {
        face: "regular",
        width: room,
        height: 56 * unit,
        sizes: [20 * unit],
        leading: 1.35,
        name: "source and brand",
      })
    : undefined;
  const track: Box = { ...box, height: 4 * unit };
  const last = props.periods.length - 1;
  return (place) =>
    [
      rect(track, look.tint, 2 * unit),
      rect({ ...track, width: (track.width * place) / last }, look.accent, 2 * unit),
      // A little early, so that the last one is not missed by rounding.
      line(stage, props.periods[Math.min(last, Math.floor(place + 0.001))] ?? "", {
        x: box.x,
        y: bottom,
        size: periodSize,
        face: "bold",
        fill: look.text,
      }),
      ...(source?.lines ?? []).map((words, index, all) =>
        line(stage, words, {
          x: box.x + box.width,
          y: bottom - (all.length - 1 - index) * (source?.step ?? 0),
          size: 20 * unit,
          face: "regular",
          fill: look.soft,
          anchor: "end",
        }),
      ),
    ].join("");
}
