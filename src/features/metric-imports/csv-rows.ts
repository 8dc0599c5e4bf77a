import { Parser, type ParseResult } from "papaparse";
import { refusedFile } from "./import-error.ts";

/** A row of a real export is far shorter; a longer one is a quote that was never closed. */
const LONGEST_ROW = 1_048_576;

/** Small pieces are gathered, so that their number does not count. */
const LEAST_PIECE = 32_768;

/** Some rows of a file with the line on which each begins; `unclosed` marks a last row whose quote is never closed. */
export interface CsvRows {
  rows: string[][];
  lines: number[];
  unclosed: boolean;
}

/** The part of the parser that is used; its own types leave the result open. */
interface ChunkParser {
  parse(input: string, baseIndex: number, ignoreLastRow: boolean): ParseResult<string[]>;
}

/** Splits text into rows piece by piece. Lines end in `\n`, as `readText` gives them. */
export async function* readRows(file: string, text: AsyncIterable<string>, delimiter: string): AsyncGenerator<CsvRows> {
  const parser = (): ChunkParser => new Parser({ delimiter, newline: "\n" });
  let rest = "";
  let parsedLength = 0;
  let line = 1;
  const numbered = ({ data, errors }: ParseResult<string[]>, quoted: boolean): CsvRows => {
    const lines = data.map((cells) => {
      const at = line;
      line += 1 + (quoted ? cells.reduce((sum, cell) => sum + newlines(cell), 0) : 0);
      return at;
    });
    return { rows: data, lines, unclosed: errors.some(({ code }) => code === "MissingQuotes") };
  };
  for await (const piece of text) {
    rest += piece;
    if (rest.length - parsedLength < LEAST_PIECE) continue;
    const parsed = parser().parse(rest, 0, true);
    const quoted = rest.includes('"');
    rest = rest.slice(parsed.meta.cursor);
    parsedLength = rest.length;
    if (rest.length > LONGEST_ROW) {
      throw refusedFile(
        file,
        `the row that begins on line ${line} does not end within 1 MiB`,
        "look for a quote that is not closed",
      );
    }
    if (parsed.data.length > 0) yield numbered(parsed, quoted);
  }
  if (rest !== "") yield numbered(parser().parse(rest, 0, false), rest.includes('"'));
}

function newlines(cell: string): number {
  let count = 0;
  for (let at = cell.indexOf("\n"); at !== -1; at = cell.indexOf("\n", at + 1)) count += 1;
  return count;
}
