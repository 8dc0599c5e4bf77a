import { describe, expect, test } from "bun:test";
import { baseFolder, covers, mayOverlap, writeArea } from "./write-areas.ts";

test.each([
  ["./content/blog/", "content/blog"],
  ["content\\blog\\**", "content/blog/**"],
  [" docs/a.md ", "docs/a.md"],
])("%j is stored as %j", (given, stored) => {
  expect(writeArea(given)).toBe(stored);
});

test.each(["", ".", "/etc/**", "C:/x", "~/x", "../x", "a/../../x", "!a"])("%j is refused with an example", (glob) => {
  expect(() => writeArea(glob)).toThrow(
    expect.objectContaining({ code: "invalid_arguments", hint: expect.stringContaining("content/blog/**") }),
  );
});

test.each([
  ["content/**", "content"],
  ["*.md", ""],
  ["content/{a,b}/*.md", "content"],
  ["docs/a.md", "docs/a.md"],
])("the base folder of %s is %j", (glob, base) => {
  expect(baseFolder(glob)).toBe(base);
});

describe("overlap", () => {
  test.each<[string[], string[], boolean]>([
    [["content/**"], ["content/a.md"], true],
    [["content/*.md"], ["content/*.json"], true],
    [["Content/a.md"], ["content/A.md"], true],
    [["**"], ["docs/x.md"], true],
    [["content/a.md"], ["content/b.md"], false],
    [["content/**"], ["contents/**"], false],
    [[], ["**"], false],
  ])("%j and %j: %p", (one, other, expected) => {
    expect(mayOverlap(one, other)).toBe(expected);
    expect(mayOverlap(other, one)).toBe(expected);
  });
});

test.each<[string, string, boolean]>([
  ["content/*.md", "content/a.md", true],
  ["content/*.md", "content/x/a.md", false],
  ["content", "content/x/a.md", true],
  ["content", "contents/a.md", false],
  ["content/**", "CONTENT/.x/a.md", true],
])("%s covers %s: %p", (glob, path, expected) => {
  expect(covers([glob], path)).toBe(expected);
});
