import { expect, test } from "bun:test";
import { fileBlockers, FILE_ORDER, fileOrder } from "./file-order.ts";

type Row = [id: string, artifacts: string[], blocked_by?: string[]];
const writer = ([id, artifacts, blocked_by = []]: Row) => ({ id, artifacts, blocked_by });

test.each<[string, Row[], Row[], Record<string, string[]>]>([
  [
    "nothing shared",
    [
      ["a", ["x/**"]],
      ["b", ["y/**"]],
      ["c", []],
    ],
    [],
    {},
  ],
  [
    "the later waits for the earlier",
    [
      ["a", ["x/**"]],
      ["b", ["x/b.md"]],
    ],
    [],
    { b: ["a"] },
  ],
  [
    "an order that is there already is not repeated",
    [
      ["a", ["x/**"]],
      ["b", ["x/b.md"], ["a"]],
    ],
    [],
    {},
  ],
  [
    "nor one by way of another",
    [
      ["a", ["x/**"]],
      ["b", [], ["a"]],
      ["c", ["x/**"], ["b"]],
    ],
    [],
    {},
  ],
  [
    "the earlier that waits for the later stays so",
    [
      ["whole", ["x/**"], ["part"]],
      ["part", ["x/p.md"]],
    ],
    [],
    {},
  ],
  [
    "nor is a circle closed by what was implied before",
    [
      ["a", ["x/**"], ["c"]],
      ["b", ["x/**", "y/**"]],
      ["c", ["y/**"]],
    ],
    [],
    { b: ["a"] },
  ],
  [
    "existing tasks come first",
    [["n", ["x/**"]]],
    [
      ["old", ["x/*.md"]],
      ["other", ["z/**"]],
    ],
    { n: ["old"] },
  ],
])("%s", (_what, created, existing, expected) => {
  const order = fileOrder(
    created.map(writer),
    existing.map(([id, artifacts]) => ({ id, artifacts })),
  );
  expect(Object.fromEntries(order)).toEqual(expected);
});

test("what the metadata says is read with care", () => {
  expect(fileBlockers({ metadata: { [FILE_ORDER]: ["a", 1, "b"] } })).toEqual(["a", "b"]);
  expect(fileBlockers({ metadata: { [FILE_ORDER]: "a" } })).toEqual([]);
});
