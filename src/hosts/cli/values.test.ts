import { describe, expect, test } from "bun:test";
import { OhmymktError } from "../../errors.ts";
import type { Kind } from "./parameters.ts";
import { parameterValue } from "./values.ts";

const FILES: Record<string, string> = {
  "a.json": '\uFEFF{"a": 1}',
  "list.json": '[{"a": 1}, {"a": 2}]',
  "torn.json": '{\n  "a": 1,\n',
};
const readText = (path: string): string => {
  const text = FILES[path];
  if (text === undefined) throw new Error("no such file");
  return text;
};
const value = (kind: Kind, ...texts: string[]): unknown =>
  parameterValue({ name: "x", flag: "x", kind, required: false, description: "", default: undefined }, texts, readText);

const JSON_ONE: Kind = { kind: "json", shape: "{a}", list: false };
const JSON_MANY: Kind = { kind: "json", shape: "[{a}]", list: true };
const EITHER: Kind = { kind: "either", of: [{ kind: "flag" }, { kind: "number" }] };
const TEXTS: Kind = { kind: "list", item: { kind: "text" } };

describe("reads", () => {
  const cases: [string, Kind, string[], unknown][] = [
    ["text as it is", { kind: "text" }, ["@a.json [1]"], "@a.json [1]"],
    ["Arabic text", { kind: "text" }, ["زيادة الطلب"], "زيادة الطلب"],
    ["true", { kind: "flag" }, ["true"], true],
    ["a negative number", { kind: "number" }, ["-0.5"], -0.5],
    ["an exponent", { kind: "number" }, ["1e3"], 1000],
    ["a whole number", { kind: "integer" }, ["8"], 8],
    ["a choice", { kind: "choice", values: ["a", 1] }, ["1"], 1],
    ["another text for a choice, which the tool judges", { kind: "choice", values: ["P0"] }, ["high"], "high"],
    ["true where a boolean or a number stands", EITHER, ["true"], true],
    ["a fraction where a boolean or a number stands", EITHER, ["0.85"], 0.85],
    ["other text where a boolean or a number stands, which the tool judges", EITHER, ["yes"], "yes"],
    ["repeated texts", TEXTS, ["搜索,ads", "email"], ["搜索,ads", "email"]],
    ["texts as JSON", TEXTS, ['["a", "b"]'], ["a", "b"]],
    ["a text that only begins like JSON", TEXTS, ["[SEO] first page"], ["[SEO] first page"]],
    ["repeated numbers", { kind: "list", item: { kind: "number" } }, ["1", "2.5"], [1, 2.5]],
    ["an object", JSON_ONE, ['{"a": 1}'], { a: 1 }],
    ["an object from a file", JSON_ONE, ["@a.json"], { a: 1 }],
    ["objects one by one and from a file", JSON_MANY, ['{"a": 0}', "@list.json"], [{ a: 0 }, { a: 1 }, { a: 2 }]],
    ["JSON for an unknown type", { kind: "any" }, ["[1]"], [1]],
    ["text for an unknown type", { kind: "any" }, ["hello"], "hello"],
  ];
  test.each(cases)("%s", (_name, kind, texts, expected) => expect(value(kind, ...texts)).toEqual(expected));
});

describe("refuses", () => {
  const cases: [string, Kind, string[], RegExp][] = [
    ["words for a number", { kind: "number" }, ["eight"], /--x: expected a number, got "eight"/],
    ["nothing for a number", { kind: "number" }, [""], /expected a number/],
    ["infinity", { kind: "number" }, ["1e999"], /expected a number/],
    ["a fraction for a whole number", { kind: "integer" }, ["1.5"], /expected a whole number, got "1.5"/],
    ["a whole number beyond exactness", { kind: "integer" }, ["9007199254740993"], /expected a whole number/],
    ["a single value given twice", { kind: "text" }, ["a", "b"], /expected one value, got 2/],
    [
      "broken JSON",
      JSON_ONE,
      ["{a: 1}"],
      /not JSON; expected a name in double quotes at line 1, column 2, got "a: 1}"/,
    ],
    ["a torn file", JSON_ONE, ["@torn.json"], /torn\.json is not JSON; expected .* at line 3, column 1, got the end/],
    [
      "a file that is not there",
      JSON_ONE,
      ["@none.json"],
      /expected a readable file after @, got "none.json" \(no such file\)/,
    ],
  ];
  test.each(cases)("%s", (_name, kind, texts, message) => {
    const attempt = (): unknown => value(kind, ...texts);
    expect(attempt).toThrow(OhmymktError);
    expect(attempt).toThrow(message);
  });
});
