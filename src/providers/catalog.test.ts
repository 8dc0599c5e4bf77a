import { describe, expect, test } from "bun:test";
import { PROVIDER_CATEGORIES } from "../lib/providers.ts";
import { leastSetting } from "../features/provider-settings/provider-call.ts";
import { allProviders, findProvider, PROVIDERS } from "./catalog.ts";
import { SECRET_VARIABLES } from "./known-secrets.ts";
import { serverAddress } from "./server-address.ts";

const ALL = (
  await Promise.all(
    PROVIDER_CATEGORIES.map(async (category) =>
      (await allProviders(category)).map(({ spec }) => ({ category, spec, label: `${category} ${spec.id}` })),
    ),
  )
).flat();

describe.each(ALL)("$label", ({ category, spec }) => {
  test("stands under its own id and category", () => {
    expect([Object.hasOwn(PROVIDERS[category], spec.id), spec.category, spec.id]).toEqual([
      true,
      category,
      spec.id.toLowerCase(),
    ]);
  });

  test("has hosts and variables in their one form", () => {
    for (const host of spec.hosts) expect(host).toMatch(/^(?:\*\.)?[a-z0-9-]+(?:\.[a-z0-9-]+)+$/);
    for (const name of spec.secrets.flatMap(({ names }) => names)) expect(name).toMatch(/^[A-Z][A-Z0-9_]+$/);
    expect(spec.hosts.length > 0 || spec.url !== undefined || spec.secrets.length === 0).toBe(true);
  });

  test("takes no option that it does not know", () => {
    const { options } = leastSetting(spec);
    for (const name of ["headers", "fetch", "apiKey", "status", "__proto__"]) {
      const given: unknown = JSON.parse(`{"${name}": "x"}`);
      const { error } = spec.options.safeParse({ ...options, ...(given as object) });
      expect([name, error?.issues.some(({ code }) => code === "unrecognized_keys")]).toEqual([name, true]);
    }
  });

  test("gives an example of its address that it would take itself", () => {
    if (spec.url) expect(serverAddress(spec, spec.url.example, false)).toBeInstanceOf(URL);
  });
});

test("every variable of a secret is known, and no other", () => {
  const names = ALL.flatMap(({ spec }) => spec.secrets.flatMap(({ names: own, open }) => (open === true ? [] : own)));
  expect([...new Set(names)].toSorted()).toEqual([...SECRET_VARIABLES]);
});

test("an alias means one provider of its category", async () => {
  for (const category of PROVIDER_CATEGORIES) {
    const names = ALL.filter((one) => one.category === category).flatMap(({ spec }) => [
      spec.id,
      ...(spec.aliases ?? []),
    ]);
    expect(new Set(names).size).toBe(names.length);
  }
  expect((await findProvider("image", " NanoBanana "))?.spec.id).toBe("google");
  expect(await findProvider("image", "constructor")).toBeUndefined();
});
