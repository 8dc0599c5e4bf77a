import { expect, test } from "bun:test";
import { join } from "node:path";
import type { GrowthReport } from "../../../lib/reports.ts";
import { HOSTILE, hostileReport } from "../../../testing/hostile-report.ts";
import { SAMPLE_REPORTS } from "../../../testing/sample-report.ts";
import { decisionChart } from "./decision-chart.ts";
import { drawReportDecision } from "../../../drawing/report-thread.ts";
import { drawTrend } from "./trend-chart.ts";
import { CHART_SIZES } from "./trend-spec.ts";

const { intervene, unknown, empty } = SAMPLE_REPORTS;
const panel = (index: number, report: GrowthReport = intervene) => {
  const found = report.panels[index];
  if (!found) throw new Error(`expected panel ${index}`);
  return found;
};
const PNG = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];
const LARGEST_PNG = 200_000;

/** What a process of its own draws. */
async function drawnElsewhere(timezone: string): Promise<string> {
  const code = `
    import { drawTrend } from ${JSON.stringify(join(import.meta.dir, "trend-chart.ts"))};
    import { CHART_SIZES } from ${JSON.stringify(join(import.meta.dir, "trend-spec.ts"))};
    import { SAMPLE_REPORTS } from ${JSON.stringify(join(import.meta.dir, "../../../testing/sample-report.ts"))};
    for (const panel of SAMPLE_REPORTS.intervene.panels) console.log(await drawTrend(panel, CHART_SIZES.wide));`;
  const child = Bun.spawn([process.execPath, "-e", code], {
    env: { ...process.env, TZ: timezone, LANG: "de_DE.UTF-8" },
    stdout: "pipe",
    stderr: "pipe",
  });
  const [out, err] = await Promise.all([child.stdout.text(), child.stderr.text()]);
  if (out === "") throw new Error(err);
  return out;
}

test("two processes in different time zones draw the same bytes, and so does the second call of one", async () => {
  const [here, there] = [await drawnElsewhere("Asia/Tokyo"), await drawnElsewhere("America/Los_Angeles")];
  expect(here === there).toBe(true);
  const again: string[] = [];
  for (const one of intervene.panels) again.push(await drawTrend(one, CHART_SIZES.wide));
  expect(`${again.join("\n")}\n` === here).toBe(true);
});

test("a chart says in words what it shows", async () => {
  const svg = await drawTrend(panel(2), CHART_SIZES.wide);
  expect(svg).toMatch(
    /<svg[^>]* role="img" aria-labelledby="high-intent-session-wide-title high-intent-session-wide-desc">/,
  );
  const said = /<title[^>]*>([^<]*)<\/title><desc[^>]*>([^<]*)</
    .exec(svg)
    ?.slice(1)
    .join(" ")
    .replaceAll("\u00a0", " ");
  expect(said).toContain("High-intent sessions: down, 29 Aug 2026 to 20 Nov 2026");
  expect(said).toContain("Change over the window −12 % (95 % interval −19 % to −5 %). 80 of 84 days have a value.");
  expect(said).toContain("A, 6 Oct 2026 to 9 Oct 2026: P0: checkout was down (inc-20261006-4f); left out.");
  expect(svg).toContain(">A incident<");
});

test("nothing measured is stripes and words: no dot, no line, no axis of values", async () => {
  const svg = await drawTrend(panel(1, unknown), CHART_SIZES.wide);
  expect(svg).toContain("url(#query-cluster-coverage-wide-hatch)");
  expect(svg).toContain("No values: unknown");
  expect(svg).not.toMatch(/mark-line|mark-area/);
  expect(svg).not.toMatch(/>0</);
  expect(await drawTrend(panel(0, unknown), CHART_SIZES.wide)).toContain("Declared up, not measured");
});

test("an unknown trend with values is drawn without the colours of a known one", async () => {
  expect(await drawTrend(panel(3), CHART_SIZES.narrow)).not.toContain("--chart-fit");
  expect(await drawTrend(panel(0), CHART_SIZES.narrow)).toContain("--chart-fit");
});

test.each(Object.entries(HOSTILE))("a hostile text (%s) leaves the chart well-formed", async (_name, words) => {
  const svg = await drawTrend(panel(2, hostileReport(words)), CHART_SIZES.wide);
  expect(attributes(svg).filter((name) => name.startsWith("on"))).toEqual([]);
  expect(tags(svg)).toEqual(tags(await drawTrend(panel(2, hostileReport("words")), CHART_SIZES.wide)));
  expect(tags(decisionChart(hostileReport(words), { anyScript: true })).filter((tag) => tag !== "text")).toEqual(
    tags(decisionChart(hostileReport("words"), { anyScript: true })).filter((tag) => tag !== "text"),
  );
});

const tags = (svg: string): string[] => [...svg.matchAll(/<([a-z]+)/gi)].map(([, name = ""]) => name);

function attributes(svg: string): string[] {
  const names: string[] = [];
  const element = (found: HTMLRewriterTypes.Element): void =>
    void names.push(...[...found.attributes].map(([name]) => name));
  new HTMLRewriter().on("*", { element }).transform(svg);
  return names;
}

test.each(Object.entries({ ...SAMPLE_REPORTS, ...mapValues(HOSTILE, hostileReport) }))(
  "the decision of %s is a PNG of 1200 by 630 that chats take",
  async (_name, report) => {
    const png = await drawReportDecision(report);
    const view = new DataView(png.buffer, png.byteOffset);
    expect([...png.subarray(0, 8)]).toEqual(PNG);
    expect([view.getUint32(16), view.getUint32(20)]).toEqual([1200, 630]);
    expect(png.length).toBeLessThanOrEqual(LARGEST_PNG);
  },
);

function mapValues<K extends string, A, B>(record: Readonly<Record<K, A>>, to: (value: A) => B): Record<string, B> {
  return Object.fromEntries(Object.entries<A>(record).map(([key, value]) => [key, to(value)]));
}

test("the image states decision, scale, reason and four trends", () => {
  const svg = decisionChart(intervene, { anyScript: true }).replaceAll("\u00a0", " ");
  for (const words of [
    "Intervene",
    "Scale blocked: failing gates: data gate",
    "Visibility is up and quality is not",
    "▲ up +21 %",
    "▼ down −12 %",
    "? unknown",
  ])
    expect(svg).toContain(`>${words}`);
  expect(decisionChart(empty, { anyScript: true })).toContain("No decision yet");
});

test("a reason in Chinese stays in the SVG; for the PNG a sentence stands in for it; Arabic ends at the right edge", () => {
  const told = (reason: string): GrowthReport => ({
    ...intervene,
    decision: intervene.decision && { ...intervene.decision, reason },
  });
  expect(decisionChart(told(HOSTILE.chinese), { anyScript: true })).toContain("可见度");
  const plain = decisionChart(told(HOSTILE.chinese), { anyScript: false });
  expect(plain).not.toMatch(/\p{Script=Han}/u);
  expect(plain).toContain("written in a script that this image cannot show");
  expect(decisionChart(told(HOSTILE.arabic), { anyScript: false })).toMatch(
    /x="1136" text-anchor="end"[^>]*>\u200f\p{Script=Arabic}/u,
  );
});
