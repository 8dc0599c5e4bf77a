import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { dayNumber, dayOf, localDay, windowStart } from "./days.ts";

describe("localDay", () => {
  test.each([
    ["2026-03-01T23:30:00.000Z", "UTC", "2026-03-01"],
    ["2026-03-01T23:30:00.000Z", "Europe/Berlin", "2026-03-02"],
    ["2026-03-01T04:59:00.000Z", "America/New_York", "2026-02-28"],
    ["2026-03-01T05:00:00.000Z", "America/New_York", "2026-03-01"],
    // Summer time begins: 22:30 UTC is still the 28th in Berlin's winter time, and the 29th a day later at 22:00.
    ["2026-03-28T22:59:59.999Z", "Europe/Berlin", "2026-03-28"],
    ["2026-03-28T23:00:00.000Z", "Europe/Berlin", "2026-03-29"],
    ["2026-03-29T21:59:59.999Z", "Europe/Berlin", "2026-03-29"],
    ["2026-03-29T22:00:00.000Z", "Europe/Berlin", "2026-03-30"],
    // Summer time ends.
    ["2026-10-24T22:00:00.000Z", "Europe/Berlin", "2026-10-25"],
    ["2026-10-25T22:59:59.999Z", "Europe/Berlin", "2026-10-25"],
    ["2026-10-25T23:00:00.000Z", "Europe/Berlin", "2026-10-26"],
    ["2026-01-01T10:00:00.000Z", "Pacific/Kiritimati", "2026-01-02"],
    ["2026-01-01T10:30:00.000Z", "Pacific/Pago_Pago", "2025-12-31"],
    ["2026-06-01T18:29:59.999Z", "Asia/Kolkata", "2026-06-01"],
    ["2026-06-01T18:30:00.000Z", "Asia/Kolkata", "2026-06-02"],
  ])("%s in %s is %s", (instant, zone, day) => {
    expect(localDay(instant, zone)).toBe(day);
  });

  test("agrees with the platform's own calendar", () => {
    const zone = fc.constantFrom(
      "UTC",
      "Europe/Berlin",
      "America/New_York",
      "Asia/Kolkata",
      "Australia/Lord_Howe",
      "Pacific/Apia",
    );
    const moment = fc.date({ min: new Date("2020-01-01"), max: new Date("2035-01-01"), noInvalidDate: true });
    fc.assert(
      fc.property(moment, zone, (at, timeZone) =>
        expect(localDay(at.toISOString(), timeZone)).toBe(new Intl.DateTimeFormat("en-CA", { timeZone }).format(at)),
      ),
    );
  });
});

describe("dayNumber", () => {
  test.each([
    ["1970-01-01", 0],
    ["1969-12-31", -1],
    ["2000-02-29", 11_016],
    ["2026-11-15", 20_772],
  ])("%s is day %d, and back", (day, number) => {
    expect(dayNumber(day)).toBe(number);
    expect(dayOf(number)).toBe(day);
  });

  test.each(["", "2026-02-29", "2026-11-31", "2026-13-01", "2026-1-01", "20261115", "2026-11-15T00:00:00Z", "today"])(
    "%p is refused",
    (day) => {
      expect(() => dayNumber(day)).toThrow(
        expect.objectContaining({ code: "invalid_arguments", message: expect.stringContaining("YYYY-MM-DD") }),
      );
    },
  );
});

describe("windowStart", () => {
  const NOW = "2026-03-31T12:00:00.000Z";
  test.each([
    ["1d", "2026-03-30T12:00:00.000Z"],
    ["7d", "2026-03-24T12:00:00.000Z"],
    ["30d", "2026-03-01T12:00:00.000Z"],
    ["4w", "2026-03-03T12:00:00.000Z"],
    ["1m", "2026-02-28T12:00:00.000Z"],
    ["3m", "2025-12-31T12:00:00.000Z"],
    [" 12m ", "2025-03-31T12:00:00.000Z"],
    ["999d", "2023-07-06T12:00:00.000Z"],
  ])("%p reaches back to %s", (window, from) => {
    expect(windowStart(window, NOW)).toBe(from);
  });

  test.each(["", "d", "7", "0d", "07d", "-7d", "7 days", "7D", "1y", "12h", "1.5w", "1000d", "7d4w", "soon"])(
    "%p is refused with the forms that are taken",
    (window) => {
      expect(() => windowStart(window, NOW)).toThrow(
        expect.objectContaining({ code: "invalid_arguments", message: expect.stringContaining("30d, 4w, 3m") }),
      );
    },
  );
});

test("windows and due days are counted in UTC whatever the machine's zone is", () => {
  const code = `
    import { cycleWindow } from "${import.meta.dirname}/cycle.ts";
    import { dayAfter, windowStart } from "${import.meta.dirname}/days.ts";
    console.log(cycleWindow("weekly", "2026-04-01T00:00:00.000Z").from, dayAfter("2026-10-24T23:30:00.000Z", 1), windowStart("3m", "2026-04-30T23:30:00.000Z"));`;
  const inZone = (TZ: string) =>
    Bun.spawnSync([process.execPath, "-e", code], { env: { ...process.env, TZ } }).stdout.toString();
  expect(inZone("UTC")).toBe("2026-03-25T00:00:00.000Z 2026-10-25 2026-01-30T23:30:00.000Z\n");
  for (const zone of ["Europe/Berlin", "America/Los_Angeles", "Asia/Tokyo"]) expect(inZone(zone)).toBe(inZone("UTC"));
});
