import { expect, test } from "bun:test";
import fc from "fast-check";
import { dayAfter } from "../../../lib/days.ts";
import { samplePanels, sampleTrend, sampleUnknown, SAMPLE_WINDOW } from "../../../testing/sample-series.ts";
import { fitRows, labelRows, pointRows, spanRows } from "./trend-rows.ts";

const DAY = 86_400_000;
const UNKNOWN = sampleUnknown("no values");
const panelOf = (measured: typeof UNKNOWN) => {
  const [panel] = samplePanels([measured, UNKNOWN, UNKNOWN, UNKNOWN]);
  if (!panel) throw new Error("expected a panel");
  return panel;
};
const up = sampleTrend({ level: 1000, growth: 0.2, trend: "up", why: "up" });
const TEST = up.test ?? {
  slope: 0,
  slopeLow: 0,
  slopeHigh: 0,
  level: 0,
  levelAt: "",
  change: 0,
  changeLow: 0,
  changeHigh: 0,
  p: 1,
  adjustedP: 1,
  autocorrelation: 0,
};

test("the fitted line is the level in the middle of the window and rises by the slope a day", () => {
  const [first, middle, last] = fitRows(panelOf(up));
  const { slope, level } = TEST;
  expect(middle).toMatchObject({ fit: level, low: level, high: level });
  expect((last?.fit ?? 0) - (first?.fit ?? 0)).toBeCloseTo(slope * 83, 6);
});

test("the band holds the line everywhere, and a series of counts never gets a band below zero", () => {
  const steep = panelOf({ ...up, test: { ...TEST, slope: -20, slopeLow: -40, slopeHigh: -10 } });
  for (const { fit, low, high } of fitRows(steep)) {
    expect(low).toBeLessThanOrEqual(fit);
    expect(high).toBeGreaterThanOrEqual(fit);
    expect(low).toBeGreaterThanOrEqual(0);
  }
});

test("a week counts as one step of a weekly series", () => {
  const weekly = up.points.filter((_, index) => index % 7 === 0);
  const rows = fitRows(panelOf({ ...up, step: "week", points: weekly }));
  const { slope } = TEST;
  const weeks = ((rows.at(-1)?.t ?? 0) - (rows[0]?.t ?? 0)) / (7 * DAY);
  expect((rows.at(-1)?.fit ?? 0) - (rows[0]?.fit ?? 0)).toBeCloseTo(slope * weeks, 6);
  expect(new Set(pointRows(panelOf({ ...up, step: "week", points: weekly })).map(({ run }) => run)).size).toBe(1);
});

test("no line is drawn without a test, nor over days that have no value", () => {
  expect(fitRows(panelOf(UNKNOWN))).toEqual([]);
  const gappy = up.points.filter((_, index) => index < 10 || index > 12);
  expect(
    pointRows(panelOf({ ...up, points: gappy }))
      .map(({ run }) => run)
      .filter((run) => run === 0),
  ).toHaveLength(10);
});

test("everything before a cut is shaded, up to the start of its day", () => {
  const [span] = spanRows(panelOf({ ...up, cut: { day: "2026-09-10", why: "new tag" } }));
  expect(span).toEqual({
    t: Date.parse(SAMPLE_WINDOW.from) - DAY / 2,
    t2: Date.parse("2026-09-10") - DAY / 2,
    kind: "not_counted",
  });
});

test("labels of one lane never overlap and stay inside the drawing", () => {
  const span = fc.tuple(fc.nat(83), fc.nat(9)).map(([start, days]) => ({
    kind: "incident" as const,
    from: dayAfter(`${SAMPLE_WINDOW.from}T00:00:00Z`, start),
    to: dayAfter(`${SAMPLE_WINDOW.from}T00:00:00Z`, Math.min(83, start + days)),
    label: "down",
  }));
  fc.assert(
    fc.property(fc.array(span, { maxLength: 12 }), fc.constantFrom(270, 600), (marks, plot) => {
      const rows = labelRows({ ...panelOf(UNKNOWN), marks }, plot, 7, true);
      const start = Date.parse(SAMPLE_WINDOW.from) - DAY / 2;
      const boxes = rows.map(({ t, end, label, lane }) => {
        const width = (label.length + 1) * 7;
        const at = ((t - start) / (84 * DAY)) * plot;
        return { lane, left: end ? at - width : at, right: end ? at : at + width };
      });
      for (const [index, box] of boxes.entries()) {
        expect(box.right).toBeLessThanOrEqual(plot + 0.001);
        expect(box.left).toBeGreaterThanOrEqual(-0.001);
        for (const other of boxes.slice(index + 1))
          if (other.lane === box.lane)
            expect(other.left >= box.right - 0.001 || other.right <= box.left + 0.001).toBe(true);
      }
    }),
    { numRuns: 200 },
  );
});
