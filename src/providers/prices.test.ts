import { expect, test } from "bun:test";
import { IMAGE_PROVIDERS } from "./image/registry.ts";
import { imagePrice, videoPrice } from "./prices.ts";
import { VIDEO_PROVIDERS } from "./video/registry.ts";

const usd = (amount: number) => ({ amount, currency: "USD" });

test("prices follow quality, shape, area and length", () => {
  const square = { width: 1024, height: 1024 };
  expect(imagePrice("openai", "gpt-image-1", { ...square, quality: "high" })).toEqual(usd(0.167));
  expect(imagePrice("openai", "gpt-image-1", { width: 1536, height: 1024, quality: "low" })).toEqual(usd(0.016));
  expect(imagePrice("fal", "fal-ai/flux/dev", square)).toEqual(usd(0.025));
  expect(imagePrice("fal", "fal-ai/flux/dev", { width: 2048, height: 1025 })).toEqual(usd(0.075));
  expect(videoPrice("google", "veo-3.1-fast-generate-preview", 8)).toEqual(usd(1.2));
});

test("what the list does not hold has no price", () => {
  for (const [provider, model] of [
    ["openai", "gpt-image-99"],
    ["nobody", "x"],
    ["__proto__", "toString"],
    ["openai", "constructor"],
  ] as const) {
    expect(imagePrice(provider, model, { width: 1, height: 1 })).toBeUndefined();
    expect(videoPrice(provider, model, 5)).toBeUndefined();
  }
});

test("every provider's usual model has one, but for servers of one's own", async () => {
  for (const [id, load] of Object.entries(IMAGE_PROVIDERS)) {
    const provider = await load();
    const options = provider.spec.options.parse(id === "openai-compatible" ? { model: "m" } : {});
    const price = provider.price({ model: provider.model(options) }, options);
    expect([id, price?.currency]).toEqual([id, id === "openai-compatible" ? undefined : "USD"]);
  }
  for (const load of Object.values(VIDEO_PROVIDERS)) {
    const provider = await load();
    const options = provider.spec.options.parse({});
    const model = provider.model(options);
    expect(provider.price({ model, duration: provider.usualDuration(model) }, options)?.amount).toBeGreaterThan(0);
  }
});

test.each(["a//b", "../x", "a/../b", "/x", "x y", "x?y", "x#y", "x\ny", "", "a/", "https://evil.example/x"])(
  "%j is no model: it would change the address",
  async (model) => {
    for (const load of [...Object.values(IMAGE_PROVIDERS), ...Object.values(VIDEO_PROVIDERS)])
      expect((await load()).spec.options.safeParse({ model }).success).toBe(false);
  },
);
