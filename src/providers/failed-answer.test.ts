import { describe, expect, test } from "bun:test";
import { failedAnswer } from "./failed-answer.ts";

const NOW = Date.parse("2026-12-01T09:00:00Z");
const told = (status: number, text: string, headers: Record<string, string> = {}) =>
  failedAnswer(new Response(null, { status, headers }), text, {
    host: "api.example.com",
    now: NOW,
    redact: (line) => line.replaceAll("sk-secret", "[redacted]"),
  });

describe("an error answer", () => {
  test.each([
    [401, "{}", "unauthorised"],
    [403, '{"error":{"message":"must be verified"}}', "unauthorised"],
    [400, '{"error":{"message":"API key not valid. Please pass a valid API key."}}', "unauthorised"],
    [402, "", "quota"],
    [400, '{"error":{"code":"billing_hard_limit_reached","message":"x"}}', "quota"],
    [429, '{"error":{"code":"insufficient_quota","message":"x"}}', "quota"],
    [429, '{"error":{"details":[{"violations":[{"quotaId":"RequestsPerDay-FreeTier"}]}]}}', "quota"],
    [429, '{"error":{"details":[{"violations":[{"quotaId":"RequestsPerMinute"}]}]}}', "rate_limited"],
    [403, '{"detail":"User is locked. Reason: Exhausted balance."}', "quota"],
    [400, '{"error":{"code":"moderation_blocked","message":"x"}}', "rejected"],
    [404, '{"error":{"message":"no such model"}}', "rejected"],
    [422, '{"detail":[{"loc":["body"],"msg":"bad","type":"x"}]}', "rejected"],
    [500, "", "unavailable"],
    [503, "", "unavailable"],
    [502, "", "uncertain"],
    [504, "", "uncertain"],
    [302, "", "rejected"],
  ])("%d %s is %s", (status, text, kind) => {
    expect(told(status, text).kind).toBe(kind as never);
  });

  test.each([
    [{ "retry-after-ms": "250" }, "", 250],
    [{ "retry-after": "3" }, "", 3000],
    [{ "retry-after": "Tue, 01 Dec 2026 09:00:10 GMT" }, "", 10_000],
    [{ "retry-after": "Tue, 01 Dec 2020 09:00:10 GMT" }, "", 0],
    [{ "retry-after": "soon" }, "", undefined],
    [{}, '{"error":{"details":[{"retryDelay":"34s"}]}}', 34_000],
    [{ "retry-after-ms": "-5" }, "", undefined],
  ])("%j %s asks for %p ms", (headers, text, ms) => {
    expect(told(429, text, headers as Record<string, string>).retryAfterMs).toBe(ms as never);
  });

  test("is told in one short line of plain text, without a key", () => {
    const { message } = told(
      400,
      JSON.stringify({ error: { message: `bad\u0007\nkey sk-secret \u202e ${"x".repeat(900)}` } }),
    );
    expect(message).toMatch(/^api\.example\.com answered 400: bad key \[redacted\] x+…$/);
    expect(message.length).toBeLessThan(350);
    expect(told(500, "<html><b>Oops</b></html>").message).toBe("api.example.com answered 500: Oops");
    expect(told(422, '{"detail":[{"msg":"one"},{"msg":"two"}]}').message).toBe(
      "api.example.com answered 422: one; two",
    );
    expect(told(500, "").message).toBe("api.example.com answered 500");
  });
});
