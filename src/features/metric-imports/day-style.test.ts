import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { type DayOrder, dayOrderOf, readDay } from "./day-style.ts";

describe("a day", () => {
  test.each<[string, DayOrder, string | undefined]>([
    ["2026-09-01", "ymd", "2026-09-01"],
    ["2026/9/1", "ymd", "2026-09-01"],
    ["2026-09-01 04:11:09", "ymd", "2026-09-01"],
    ["2026-09-01T00:00:00Z", "ymd", "2026-09-01"],
    ["20260901", "ymd", "2026-09-01"],
    ["01.09.2026", "dmy", "2026-09-01"],
    ["9/1/2026 12:00:00 AM", "mdy", "2026-09-01"],
    ["9/1/2026", "dmy", "2026-01-09"],
    ["Sep 1, 2026", "ymd", "2026-09-01"],
    ["1 September 2026", "ymd", "2026-09-01"],
    ["2026年9月1日", "ymd", "2026-09-01"],
    ["٢٠٢٦-٠٩-٠١", "ymd", "2026-09-01"],
    ["2026-02-29", "ymd", undefined],
    ["31/09/2026", "dmy", undefined],
    ["9/1/26", "mdy", undefined],
    ["0042", "ymd", undefined],
    ["yesterday", "ymd", undefined],
  ])("%j in order %s is %p", (text, order, day) => {
    expect(readDay(text, order)).toBe(day);
  });
});

describe("the order of a column", () => {
  test.each<[string[], ReturnType<typeof dayOrderOf>]>([
    [["01/09/2026", "13/09/2026"], "dmy"],
    [["9/1/2026", "9/13/2026"], "mdy"],
    [["01.09.2026"], "dmy"],
    [["2026-09-01"], "ymd"],
    [["01/09/2026", "02/09/2026"], "ambiguous"],
    [["13/09/2026", "09/14/2026"], { conflict: ["13/09/2026", "09/14/2026"] }],
  ])("of %j is %p", (sample, order) => {
    expect(dayOrderOf(sample)).toEqual(order);
  });

  test("an order that was decided reads every day of the year back", () => {
    const days = fc.date({ min: new Date("2000-01-13"), max: new Date("2040-01-01"), noInvalidDate: true });
    fc.assert(
      fc.property(days, (date) => {
        const day = date.toISOString().slice(0, 10);
        const [year, month, dayOfMonth] = day.split("-");
        const text = `${month}/${dayOfMonth}/${year}`;
        const order = dayOrderOf([text]);
        if (order === "mdy") expect(readDay(text, order)).toBe(day);
        else expect(order).toBe("ambiguous");
      }),
    );
  });
});
