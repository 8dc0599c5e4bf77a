import { expect, test } from "bun:test";
import fc from "fast-check";
import { unparse } from "papaparse";
import { readRows } from "./csv-rows.ts";

const cell = fc.constantFrom("plain", "", "a,b", 'say "hi"', "two\nlines", "ü→漢", "#x");
const table = fc.array(fc.tuple(cell, cell, fc.constant("x".repeat(300))), {
  minLength: 300,
  maxLength: 600,
  size: "max",
});

test("rows and the lines on which they begin do not depend on where the text is cut", async () => {
  await fc.assert(
    fc.asyncProperty(table, fc.integer({ min: 1, max: 90_000 }), async (rows, piece) => {
      const text = unparse(rows, { newline: "\n" });
      const lines: number[] = [];
      const found: string[][] = [];
      for await (const some of readRows("x.csv", pieces(text, piece), ",")) {
        found.push(...some.rows);
        lines.push(...some.lines);
        expect(some.unclosed).toBe(false);
      }
      let line = 1;
      for (const [at, row] of rows.entries()) {
        expect(found[at]).toEqual(row);
        expect(lines[at]).toBe(line);
        line += row.join("").split("\n").length;
      }
      expect(found).toHaveLength(rows.length);
    }),
    { numRuns: 12 },
  );
});

async function* pieces(text: string, size: number): AsyncGenerator<string> {
  for (let at = 0; at < text.length; at += size) yield text.slice(at, at + size);
}
