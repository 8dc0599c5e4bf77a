import { expect, test } from "bun:test";
import { z } from "zod";
import type { ProviderSpec } from "../../providers/provider.ts";
import { changeSetting } from "./setting-change.ts";

/** A provider that checks nothing itself, so that what is refused is refused here. */
const spec: ProviderSpec = {
  id: "loose",
  title: "Loose",
  category: "publish",
  secrets: [],
  hosts: [],
  options: z.looseObject({}),
  setup: "",
};
const change = (text: string): unknown => {
  const options = JSON.parse(text) as Record<string, unknown>;
  return changeSetting(
    { options: { kept: 1, gone: 2 } },
    { options },
    { category: "publish", spec, allowPrivate: false },
  ).options;
};

test("options are merged member by member, and null takes one away", () => {
  expect(change('{"gone": null, "new": {"a": ["b"]}}')).toEqual({ kept: 1, new: { a: ["b"] } });
});

test.each([
  '{"__proto__": {"a": 1}}',
  '{"a": {"__proto__": 1}}',
  '{"a": [{"constructor": 1}]}',
  '{"prototype": 1}',
  '{"a": "b\\u202Ec"}',
  '{"a": "b\\u0000c"}',
  '{"a": "b\\nc"}',
  '{"a": ["\\u2066"]}',
  '{"a\\u200Bb": 1}',
  `{"a": "${"x".repeat(10_001)}"}`,
  '{"a": {"b": "sk-proj-1234567890abcdef"}}',
])("%s is refused whatever the provider says", (text) => {
  expect(() => change(text)).toThrow(/^options /);
});
