import { describe, expect, test } from "bun:test";
import { hiding, siteUrl } from "./site.ts";

describe("the address", () => {
  test.each([
    ["https://a.example", "https://a.example/api/x?q=1+2"],
    ["https://a.example/", "https://a.example/api/x?q=1+2"],
    ["https://a.example/blog/", "https://a.example/blog/api/x?q=1+2"],
    ["https://a.example/blog//", "https://a.example/blog/api/x?q=1+2"],
  ])("below %s", (site, url) => {
    expect(siteUrl(new URL(site), "api/x", { q: "1 2" }).href).toBe(url);
  });
});

test("what was made of a key is hidden like the key", () => {
  const network = {
    fetch: () => Promise.reject(new Error()),
    resolve: () => Promise.reject(new Error()),
    timeoutMs: 1000,
    redact: (text: string) => text.replaceAll("the-key", "[redacted]"),
  };
  const { redact } = hiding({ network, now: () => 0 }, () => ["made-of-it", ""]).network;
  expect(redact("the-key is in made-of-it")).toBe("[redacted] is in [redacted]");
});
