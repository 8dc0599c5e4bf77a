import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { createSeenRows, mixValue, subjectGroup } from "./seen-rows.ts";

const DAY = subjectGroup("clicks|2026-09-01");

describe("rows that were seen", () => {
  test("are told from new ones as a map of all subjects would", () => {
    const row = fc.record({ subject: fc.integer({ min: 0, max: 40_000 }), values: fc.integer({ min: 0, max: 2 }) });
    fc.assert(
      fc.property(fc.array(row, { maxLength: 50_000, size: "max" }), (rows) => {
        const seen = createSeenRows();
        const known = new Map<number, { values: number; place: number }>();
        for (const [at, { subject, values }] of rows.entries()) {
          const before = known.get(subject);
          const expected = !before ? "new" : before.values === values ? "same" : { other: before.place };
          if (!before) known.set(subject, { values, place: at + 1 });
          expect(seen.meet(DAY, `subject ${subject}`, values, at + 1)).toEqual(expected);
        }
      }),
      { numRuns: 4 },
    );
  });

  test("stay bounded: once full, new subjects are let through and known ones still found", () => {
    const seen = createSeenRows(1024);
    for (let at = 1; at <= 5000; at += 1) expect(seen.meet(DAY, `${at}`, 0, at)).toBe("new");
    expect(seen.full).toBe(true);
    expect(seen.meet(DAY, "1", 0, 9000)).toBe("same");
    expect(seen.meet(subjectGroup("clicks|2026-09-02"), "1", 0, 9000)).toBe("new");
    expect(seen.meet(DAY, "4999", 0, 9000)).toBe("new");
  });

  test("values in another order, or 0 beside nothing, are other values", () => {
    const hash = (...values: number[]): number => values.reduce(mixValue, 0);
    expect(new Set([hash(1, 2), hash(2, 1), hash(1, 0), hash(0, 1), hash(1, Number.NaN)]).size).toBe(5);
  });
});
