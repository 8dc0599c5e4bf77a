import { describe, expect, test } from "bun:test";
import { DEFAULT_CONFIG } from "../../config.ts";
import { ProviderFailure } from "../../providers/failure.ts";
import { afterFailure, failureOf } from "./outcome.ts";

const NOW = Date.parse("2026-12-01T09:00:00.000Z");
const HOUR = 3_600_000;

function pauseAfter(retryAfterMs: number | undefined, attempts = 1, backoff_seconds = 60): number {
  const failure = new ProviderFailure("rate_limited", "later", { retryAfterMs });
  const { change } = afterFailure({ attempts }, failure, NOW, { ...DEFAULT_CONFIG.publishing, backoff_seconds });
  return Date.parse(change.not_before ?? "") - NOW;
}

describe("the pause before another try", () => {
  test.each<[string, number | undefined, number]>([
    ["five minutes", 300_000, 300_000],
    ["a year", 365 * 24 * HOUR, 24 * HOUR],
    ["longer than time", Infinity, 60_000],
    ["something that is no number", NaN, 60_000],
    ["a time long past", -HOUR, 1000],
    ["no time at all", 0, 1000],
    ["nothing", undefined, 60_000],
  ])("where the platform asks for %s", (_name, asked, pause) => {
    expect(pauseAfter(asked)).toBe(pause);
  });

  test.each<[number, number, number]>([
    [1, 60, 60_000],
    [3, 60, 240_000],
    [1000, 60, 60_000 * 1024],
    [100, 86_400, 24 * HOUR],
    [1, 0, 0],
    [1, 0.05, 50],
  ])("after %p attempts with %p seconds", (attempts, seconds, pause) => {
    expect(pauseAfter(undefined, attempts, seconds)).toBe(pause);
  });
});

test("what is no failure of the provider may have happened at any moment", () => {
  for (const error of [new TypeError("x"), "text", undefined, { kind: "rejected" }])
    expect(failureOf(error).kind).toBe("uncertain");
});

test("an endless message is kept in part", () => {
  const failure = new ProviderFailure("rejected", "x".repeat(1_000_000));
  const { change } = afterFailure({ attempts: 1 }, failure, NOW, DEFAULT_CONFIG.publishing);
  expect(change.problem?.message).toHaveLength(1000);
});
