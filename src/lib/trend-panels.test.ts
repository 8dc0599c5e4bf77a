import { expect, test } from "bun:test";
import { sampleUnknown } from "../testing/sample-series.ts";
import { annotations, metricTitle, panelTrend, unmeasuredPanel, type PanelMark } from "./trend-panels.ts";

const WINDOW = { from: "2026-09-01", to: "2026-09-30" };
const incident = (from: string, to: string): PanelMark => ({ kind: "incident", from, to, label: `down ${from}` });
const measured = (more: Parameters<typeof sampleUnknown>[1]) => sampleUnknown("", { ...WINDOW, ...more });

test.each([
  ["up", undefined, "up", "measured"],
  ["flat", "up", "flat", "measured"],
  ["unknown", "up", "up", "declared"],
  ["unknown", undefined, "unknown", "none"],
] as const)("measured %s, declared %s is %s (%s)", (trend, declared, shown, basis) => {
  const panel = { measured: measured({ trend }), ...(declared ? { declared: { trend: declared } } : {}) };
  expect(panelTrend(panel)).toEqual({ trend: shown, basis });
});

test("a left-out span that an incident names is one annotation, a cut that a tracking change names as well", () => {
  const found = annotations({
    measured: measured({
      leftOut: [
        { from: "2026-09-05", to: "2026-09-06", why: "known from the incident" },
        { from: "2026-09-20", to: "2026-09-21", why: "sampled" },
      ],
      cut: { day: "2026-09-03", why: "known from the mark" },
    }),
    marks: [
      incident("2026-09-05", "2026-09-06"),
      incident("2026-09-10", "2026-09-10"),
      { kind: "tracking_change", from: "2026-09-03", to: "2026-09-03", label: "new tag" },
    ],
  });
  expect(found.map(({ letter, kind, text, excludes }) => [letter, kind, text, excludes])).toEqual([
    ["A", "tracking_change", "new tag", true],
    ["B", "incident", "down 2026-09-05", true],
    ["C", "incident", "down 2026-09-10", false],
    ["D", "left_out", "sampled", true],
  ]);
});

test("annotations are trimmed to the window, and dropped outside it", () => {
  const marks = [
    incident("2026-08-20", "2026-09-02"),
    incident("2026-08-01", "2026-08-31"),
    incident("2026-09-29", "2026-10-04"),
  ];
  const found = annotations({ measured: measured({}), marks });
  expect(found.map(({ from, to }) => [from, to])).toEqual([
    ["2026-09-01", "2026-09-02"],
    ["2026-09-29", "2026-09-30"],
  ]);
});

test("an incident that is left out and starts before the window still says that it is left out", () => {
  const leftOut = [{ from: "2026-08-20", to: "2026-09-02", why: "incident" }];
  const found = annotations({ measured: measured({ leftOut }), marks: [incident("2026-08-20", "2026-09-02")] });
  expect(found).toMatchObject([{ kind: "incident", from: "2026-09-01", excludes: true }]);
});

test("the 27th annotation is AA", () => {
  const marks = Array.from({ length: 27 }, (_, index) =>
    incident(`2026-09-${String((index % 28) + 1).padStart(2, "0")}`, "2026-09-30"),
  );
  expect(
    annotations({ measured: measured({}), marks })
      .map(({ letter }) => letter)
      .slice(-2),
  ).toEqual(["Z", "AA"]);
});

test("a reading without a series becomes a panel without points that keeps what was declared", () => {
  const reading = {
    signal: "conversion_assist",
    track: "quality_track",
    observations: [],
    why: "declared down by crm",
  } as const;
  const panel = unmeasuredPanel({ ...reading, observations: [], trend: "down", basis: "declared" }, WINDOW);
  expect(panelTrend(panel)).toEqual({ trend: "down", basis: "declared" });
  expect(panel).toMatchObject({ title: "Assisted conversions", measured: { points: [], ...WINDOW, why: reading.why } });
});

test.each([
  ["conversion_assist", "Assisted conversions"],
  ["brand_mentions", "brand mentions"],
  ["constructor", "constructor"],
])("%s is called %s", (name, title) => expect(metricTitle(name)).toBe(title));
