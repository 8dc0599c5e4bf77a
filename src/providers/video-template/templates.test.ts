import { expect, test } from "bun:test";
import { loadRasterizer } from "../../drawing/rasterizer.ts";
import type { JsonObject } from "../../lib/json.ts";
import { ASPECTS, type Aspect } from "./aspects.ts";
import { contrast, LEAST_CONTRAST } from "./colours.ts";
import { openFilm, type OpenFilm } from "./film-stage.ts";
import { TEMPLATES, findTemplate } from "./templates.ts";
import { THEMES } from "./template-props.ts";
import { outside, overlaps, readTexts } from "./testing/read-frame.ts";
import { filledWith, FULL_PROPS, HOSTILE_TEXTS } from "./testing/sample-films.ts";

const ALL_ASPECTS = Object.keys(ASPECTS) as Aspect[];
const SHARES = [0, 0.05, 0.1, 0.2, 0.35, 0.5, 0.65, 0.8, 0.999];
const PICTURE = (await loadRasterizer()).png(
  '<svg xmlns="http://www.w3.org/2000/svg" width="300" height="200"><rect width="300" height="200" fill="#c04020"/></svg>',
);

function open(id: string, props: JsonObject, aspect: Aspect = "16:9", seconds?: number): Promise<OpenFilm> {
  const template = findTemplate(id);
  if (!template) throw new Error(`expected a template ${id}`);
  const files = new Map([["assets/p.png", PICTURE]]);
  return openFilm({ template, props, aspect, seconds: seconds ?? template.seconds(props), files });
}

/** Times at which nothing moves across the frame: slides change between. */
function still(id: string, props: JsonObject, seconds: number): number[] {
  if (id !== "carousel") return SHARES.map((share) => share * seconds);
  const { length } = props["slides"] as unknown[];
  return Array.from({ length }, (_, index) => ((index + 0.5) * seconds) / length);
}

const withPictures = (id: string, props: JsonObject): JsonObject => {
  if (id === "carousel")
    return {
      ...props,
      slides: (props["slides"] as JsonObject[]).map((slide) => ({ ...slide, image: "assets/p.png" })),
    };
  return id === "bar-chart-race" ? props : { ...props, image: "assets/p.png" };
};

const LAYOUTS = TEMPLATES.flatMap(({ id, example }) =>
  ALL_ASPECTS.flatMap((aspect) =>
    [
      example,
      ...(FULL_PROPS[id] ?? []),
      ...["arabic", "mixed", "emoji"].map((name) => filledWith(id, HOSTILE_TEXTS[name as "emoji"])),
    ].flatMap((props, index) => [
      { id, aspect, name: `props ${index}`, props },
      { id, aspect, name: `props ${index} with pictures`, props: withPictures(id, props) },
    ]),
  ),
);

test.each(LAYOUTS)(
  "$id $aspect, $name: no text leaves the frame or stands in another",
  async ({ id, aspect, props }) => {
    const { frame, width, height } = await open(id, props, aspect);
    const seconds = findTemplate(id)?.seconds(props) ?? 0;
    for (const now of still(id, props, seconds)) {
      const texts = readTexts(frame(now)).filter(({ opacity }) => opacity > 0.35);
      expect({ now, out: outside(texts, width, height) }).toEqual({ now, out: [] });
      expect({ now, over: overlaps(texts) }).toEqual({ now, over: [] });
    }
  },
);

test.each(TEMPLATES.flatMap(({ id }) => Object.entries(HOSTILE_TEXTS).map(([name, text]) => ({ id, name, text }))))(
  "$id carries $name through unharmed",
  async ({ id, text }) => {
    const { frame, rasterizer } = await open(id, filledWith(id, text));
    const svg = frame(2);
    // It is drawn, so it is well-formed.
    expect(rasterizer.png(svg).length).toBeGreaterThan(1000);
    expect(svg).not.toMatch(/<(?!\/?(?:svg|rect|text|circle|image|clipPath)\b)/);
    expect(svg).not.toMatch(/\b(?:href|src)="(?!data:image\/png;base64,)/);
    expect(svg).not.toContain("<!");
    expect(svg).not.toContain("NaN");
  },
);

test.each(
  TEMPLATES.flatMap(({ id, example }) =>
    (Object.keys(THEMES) as (keyof typeof THEMES)[]).map((theme) => ({ id, theme, example })),
  ),
)("$id in $theme: every text has a contrast of at least 4.5 on the background", async ({ id, theme, example }) => {
  const { frame, warnings } = await open(id, { ...example, theme });
  const { background } = THEMES[theme];
  for (const { fill } of readTexts(frame(3))) expect(contrast(fill, background)).toBeGreaterThanOrEqual(LEAST_CONTRAST);
  expect(warnings).toEqual([]);
});

test.each(TEMPLATES)("$id mends colours that cannot be read, and says so", async ({ id, example }) => {
  const colors = { background: "#777777", text: "#888888", accent: "#707070" };
  const { frame, warnings } = await open(id, { ...example, colors });
  for (const { fill } of readTexts(frame(3)))
    expect(contrast(fill, colors.background)).toBeGreaterThanOrEqual(LEAST_CONTRAST);
  expect(warnings.join("\n")).toContain("text #888888 on #777777 has a contrast of 1.3, less than 4.5");
});

test("letters that no font has are named", async () => {
  const { missing } = await open("title-card", { title: "增长 report 🫠" });
  expect(missing).toStartWith("the packaged font has no glyph for 增 长 🫠; leave them out, or name a font file");
  expect((await open("title-card", { title: "ارتفعت الظهورات, Größe, Ελλάδα, Россия, שלום" })).missing).toBeUndefined();
});

test.each(
  TEMPLATES.flatMap(({ id, example }) =>
    ALL_ASPECTS.flatMap((aspect) => [
      { id, aspect, name: "the example", props: example },
      { id, aspect, name: "the longest words", props: id === "bar-chart-race" ? example : (FULL_PROPS[id]?.[0] ?? {}) },
    ]),
  ),
)("$id $aspect shrinks $name until it is whole", async ({ id, aspect, props }) => {
  const { warnings } = await open(id, props, aspect);
  expect(warnings).toEqual([]);
});

test("while bars pass each other, no two names or values stand in each other", async () => {
  for (const aspect of ALL_ASPECTS) {
    const { frame } = await open("bar-chart-race", TEMPLATES[2].example, aspect);
    for (let now = 0; now < 9; now += 1 / 15) {
      const texts = readTexts(frame(now)).filter(({ opacity }) => opacity > 0.5);
      expect({ aspect, now, over: overlaps(texts) }).toEqual({ aspect, now, over: [] });
    }
  }
});

test("a right-to-left title starts at the right margin", async () => {
  const { frame, width } = await open("title-card", { title: HOSTILE_TEXTS.arabic });
  for (const one of readTexts(frame(4))) expect(Math.abs(one.x + one.width - (width - 76))).toBeLessThan(2);
});

test("what moves comes to rest, and the same time gives the same frame", async () => {
  const [one, two] = [await open("quote-card", TEMPLATES[1].example), await open("quote-card", TEMPLATES[1].example)];
  expect(one.frame(1)).toBe(two.frame(1));
  expect(one.frame(3.9)).toBe(one.frame(4));
  expect(one.frame(0.5)).not.toBe(one.frame(0.6));
});

test("a film of one second has everything on its last frame", async () => {
  for (const { id, example } of TEMPLATES) {
    const [short, long] = [await open(id, example, "16:9", 1), await open(id, example)];
    const words = (film: OpenFilm, now: number): string[] =>
      readTexts(film.frame(now))
        .filter(({ opacity }) => opacity > 0.9)
        .map(({ text }) => text)
        .toSorted();
    expect(words(short, 29 / 30)).toEqual(words(long, findTemplate(id)?.seconds(example) ?? 0));
  }
});

test("the race ends in the order of the last values, with its names, values and period", async () => {
  const { example } = TEMPLATES[2];
  const { frame } = await open("bar-chart-race", example);
  const texts = readTexts(frame(9))
    .toSorted((a, b) => a.y - b.y)
    .map(({ text }) => text);
  expect(texts.slice(0, 3)).toEqual(["Sessions by channel", "Monthly, thousand visits", "Organic search"]);
  const names = (example["bars"] as { name: string }[]).map(({ name }) => name);
  expect(texts.filter((text) => names.includes(text))).toEqual([
    "Organic search",
    "Paid search",
    "AI assistants",
    "Newsletter",
    "Social",
    "Referral",
  ]);
  expect(texts).toContain("97");
  expect(texts).toContain("Jun");
});

test("a unit keeps its distance from the number", async () => {
  const props = { ...TEMPLATES[2].example, prefix: "EUR ", suffix: " each" };
  expect(readTexts((await open("bar-chart-race", props)).frame(9)).map(({ text }) => text)).toContain("EUR 97 each");
});

test("slides follow each other, and too short ones are named", async () => {
  const { frame, warnings } = await open("carousel", TEMPLATES[3].example, "16:9", 4);
  expect(readTexts(frame(0.5)).map(({ text }) => text)).toContain("1 / 4");
  expect(readTexts(frame(3.9)).map(({ text }) => text)).toContain("Who can undo it?");
  expect(warnings).toEqual(["each slide is shown for 1 s, which is too short to read; 12 s in all would do"]);
});
