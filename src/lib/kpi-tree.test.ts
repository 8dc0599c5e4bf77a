import { expect, test } from "bun:test";
import { bindTree } from "./kpi-tree.ts";

const NOW = "2026-03-31T09:00:00.000Z";
const leaf = (metric: string, source = "gsc") => ({ metric, owner: "seo-engineer", source });
const tree = (...inputs: ReturnType<typeof leaf>[]) => ({
  north_star: "pipeline",
  drivers: [{ name: "demand", inputs }],
});
const newest = (at: Record<string, string>) => (metric: string, source: string) => {
  const observed_at = at[`${metric} ${source}`];
  return observed_at === undefined ? undefined : { id: `obs-${metric}`, observed_at };
};
const AT = { "clicks gsc": "2026-03-17T09:00:00.000Z", "leads crm": "2026-03-17T08:59:59.999Z" };

test("bound when every input has an observation of its own source within 14 days", () => {
  expect(bindTree(tree(leaf("clicks")), newest(AT), NOW)).toEqual({
    bound: true,
    inputs: [{ metric: "clicks", source: "gsc", observation: "obs-clicks", observed_at: AT["clicks gsc"] }],
    missing: [],
  });
});

test.each([
  ["no tree", undefined, ["a KPI tree with inputs"]],
  ["a tree without inputs", { north_star: "n", drivers: [{ name: "d", inputs: [] }] }, ["a KPI tree with inputs"]],
  ["an input a millisecond too old", tree(leaf("clicks"), leaf("leads", "crm")), ["leads from crm (last 2026-03-17)"]],
  ["data of another source only", tree(leaf("clicks", "bing")), ["clicks from bing (no observation)"]],
])("not bound: %s", (_what, given, missing) => {
  expect(bindTree(given, newest(AT), NOW)).toMatchObject({ bound: false, missing });
});
