import { describe, expect, test } from "bun:test";
import { ProviderFailure, type FailureKind } from "../failure.ts";
import { createApi, retryAfterMs, type ApiRules, type Step } from "./api-call.ts";
import { failureOf } from "./testing/bench.ts";

const NOW = Date.parse("2026-11-21T12:00:00Z");

function apiThat(answer: () => Response | Promise<Response>, rules: Partial<ApiRules> = {}) {
  return createApi(
    {
      network: {
        fetch: async () => answer(),
        resolve: () => Promise.reject(new Error()),
        timeoutMs: 1000,
        redact: (text) => text.replaceAll("s3cret-key", "[redacted]"),
      },
      now: () => NOW,
    },
    { name: "Demo", headers: () => ({}), explain: () => undefined, ...rules },
  );
}
const call = (step: Step, answer: () => Response | Promise<Response>) =>
  failureOf(apiThat(answer)({ method: "POST", url: new URL("https://demo.example/"), step }));

describe("an answer of a platform", () => {
  test.each<[number, Step, FailureKind]>([
    [301, "publish", "rejected"],
    [400, "publish", "rejected"],
    [401, "publish", "unauthorised"],
    [402, "publish", "quota"],
    [403, "publish", "unauthorised"],
    [404, "look", "rejected"],
    [408, "publish", "uncertain"],
    [408, "look", "unavailable"],
    [429, "publish", "rate_limited"],
    [500, "publish", "uncertain"],
    [500, "retract", "uncertain"],
    [500, "prepare", "unavailable"],
    [502, "publish", "uncertain"],
    [503, "publish", "unavailable"],
    [504, "look", "unavailable"],
  ])("%i to a request that is to %s is %s", async (status, step, kind) => {
    expect(await call(step, () => new Response("no", { status }))).toMatchObject({ kind, status });
  });

  test.each<[Step, FailureKind]>([
    ["look", "unavailable"],
    ["prepare", "unavailable"],
    ["publish", "uncertain"],
    ["retract", "uncertain"],
  ])("one that never comes to a request that is to %s is %s", async (step, kind) => {
    const lost = new ProviderFailure("uncertain", "the connection broke");
    expect((await call(step, () => Promise.reject(lost))).kind).toBe(kind);
    const away = new ProviderFailure("unreachable", "nobody there");
    expect((await call(step, () => Promise.reject(away))).kind).toBe("unreachable");
  });

  const ERROR = '{"error":"no such post"}';
  const PAGE = "<!doctype html><h1>A shop</h1>";
  test.each<[number, string, Step, FailureKind | "none"]>([
    [404, PAGE, "look", "missing"],
    [404, PAGE, "publish", "missing"],
    [404, "404 page not found", "retract", "missing"],
    [404, '{"message":"of others"}', "look", "missing"],
    [410, PAGE, "look", "missing"],
    [301, "", "publish", "missing"],
    [200, PAGE, "look", "missing"],
    [200, "Notice: {}", "prepare", "missing"],
    [200, PAGE, "publish", "none"],
    [204, "", "retract", "none"],
    [404, ERROR, "look", "none"],
    [404, ERROR, "publish", "rejected"],
    [413, PAGE, "publish", "rejected"],
    [403, PAGE, "publish", "unauthorised"],
    [500, PAGE, "publish", "uncertain"],
  ])("where a person sets the address, %i %s to a request that is to %s is %s", async (status, body, step, kind) => {
    const isOwn = (json: unknown): boolean => typeof json === "object" && json !== null && "error" in json;
    const api = apiThat(() => new Response(status === 204 ? null : body, { status }), { isOwn });
    const accept = step === "look" || step === "retract" ? [404] : [];
    const asked = api({ method: "POST", url: new URL("https://demo.example/"), step, accept });
    if (kind === "none") expect(await asked).toMatchObject({ status });
    else expect(await failureOf(asked)).toMatchObject({ kind, status });
  });

  test("where a person sets the address, one that leads to another host is a wrong address", async () => {
    const foreign = new ProviderFailure("rejected", "www.demo.example is not a host of this provider");
    const api = apiThat(() => Promise.reject(foreign), { isOwn: () => true });
    const failure = await failureOf(api({ method: "GET", url: new URL("https://demo.example/"), step: "look" }));
    expect(failure).toMatchObject({ kind: "missing", message: expect.stringContaining("set url to") });
    expect((await call("look", () => Promise.reject(foreign))).kind).toBe("rejected");
  });

  test("is quoted in one short line without keys, and not at all where it is a page", async () => {
    const long = `a\r\n\u0007b s3cret-key ${"x".repeat(1000)}`;
    const { message } = await call("publish", () => new Response(long, { status: 400 }));
    expect(message).toStartWith("Demo answers 400: a b [redacted] xxx");
    expect(message.length).toBeLessThan(340);
    expect((await call("publish", () => new Response("<html>secret page</html>", { status: 400 }))).message).toBe(
      "Demo answers 400",
    );
  });

  test.each([
    ["7", 7000],
    ["0.5", 500],
    ["Sat, 21 Nov 2026 12:01:00 GMT", 60_000],
    ["Sat, 21 Nov 2026 11:59:00 GMT", 0],
    ["soon", undefined],
    ["", undefined],
  ])("Retry-After %j is %p milliseconds", (text, wait) => {
    expect(retryAfterMs(new Headers({ "retry-after": text }), NOW)).toBe(wait as number);
  });
});
