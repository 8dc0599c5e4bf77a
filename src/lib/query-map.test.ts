import { describe, expect, test } from "bun:test";
import { brandTest, clusterCoverage, foldQuery, priorityQueryCoverage, type MappedQuery } from "./query-map.ts";

const one = (query: string, cluster: string, url = `/${cluster}`, priority = true): MappedQuery => ({
  query,
  cluster,
  priority,
  owner: "intent-ops",
  url,
});
const none = (): boolean => false;

describe("coverage of priority queries", () => {
  const map = [
    one("CRM  pricing", "pricing"),
    one("crm comparison", "compare", "/a"),
    one("crm comparison", "compare", "/b"),
    one("crm api", "api", ""),
    one("what is a crm", "learn", "/learn", false),
    one("acme crm", "brand"),
  ];
  const impressions = new Map([
    ["crm pricing", 600],
    ["crm comparison", 250],
    ["crm api", 150],
    ["what is a crm", 9000],
    ["acme crm", 5000],
  ]);

  test("weighs by impressions, and counts only queries with exactly one owner URL", () => {
    expect(priorityQueryCoverage(map, impressions, brandTest("acme"))).toEqual({
      share: 0.6,
      owned: 600,
      impressions: 1000,
      unowned: ["crm comparison", "crm api"],
    });
  });

  test("is unknown without impressions of a priority query", () => {
    expect(priorityQueryCoverage(map, new Map(), none)).toBeUndefined();
    expect(priorityQueryCoverage([], impressions, none)).toBeUndefined();
  });
});

test("a cluster is covered when one of its priority queries is on the first page", () => {
  const map = [one("a", "x"), one("b", "x"), one("c", "y"), one("d", "z", "/z", false)];
  expect(
    clusterCoverage(
      map,
      new Map([
        ["b", 10],
        ["c", 10.1],
        ["d", 1],
      ]),
    ),
  ).toBe(0.5);
  expect(clusterCoverage(map, new Map())).toBe(0);
  expect(clusterCoverage([], new Map([["a", 1]]))).toBeUndefined();
});

test.each([
  ["acme|ac me", "Acme CRM", true],
  ["acme|ac me", "crm", false],
  ["阿科姆", "阿科姆 价格", true],
  ["", "acme", false],
])("pattern %p on %p: %p", (pattern, query, expected) => expect(brandTest(pattern)(query)).toBe(expected));

test("a broken pattern is named", () => {
  expect(() => brandTest("(acme")).toThrow("measurement.brand_pattern is no regular expression: (acme");
});

test("queries are compared in folded form", () => expect(foldQuery("  Ｃrm\tPREIS ")).toBe("crm preis"));
