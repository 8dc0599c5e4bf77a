import { expect, test } from "bun:test";
import { Config } from "./config.ts";

test.each([
  [{ timezone: "Mars/Phobos" }, "timezone", "IANA"],
  [{ measurement: { brand_pattern: "(acme" } }, "measurement.brand_pattern", "regular expression"],
  [{ measurement: { high_intent_pages: "[" } }, "measurement.high_intent_pages", "regular expression"],
])("a setting that nothing could be computed with is refused where it stands: %p", (given, path, says) => {
  const [issue] = Config.safeParse(given).error?.issues ?? [];
  expect([issue?.path.join("."), issue?.message]).toEqual([path, expect.stringContaining(says)]);
});

test("zones and patterns of every kind are taken", () => {
  const settings = {
    timezone: "Asia/Kathmandu",
    measurement: { brand_pattern: "acme|ac\\s?me", high_intent_pages: "^/価格" },
  };
  expect(Config.parse(settings)).toMatchObject(settings);
});
