import { parse } from "papaparse";

/** The signs between columns that are tried. */
export const DELIMITERS = [",", ";", "\t", "|"] as const;
export type Delimiter = (typeof DELIMITERS)[number];

/** A delimiter as a person calls it. */
export const DELIMITER_NAMES: Readonly<Record<Delimiter, string>> = {
  ",": "comma",
  ";": "semicolon",
  "\t": "tab",
  "|": "pipe",
};

/** How many lines are looked at. */
const LINES = 50;

/**
 * The delimiter under which the header and the rows below it have the same number of columns, and the most of them;
 * undefined where every reading gives one column. `lines` starts with the header.
 */
export function findDelimiter(lines: readonly string[]): Delimiter | undefined {
  const text = lines.slice(0, LINES).join("\n");
  const scored = DELIMITERS.map((delimiter) => {
    const [header = [], ...rows] = parse<string[]>(text, { delimiter, skipEmptyLines: true }).data;
    const fitting = rows.filter((row) => row.length === header.length).length;
    return { delimiter, columns: header.length, share: rows.length === 0 ? 1 : fitting / rows.length };
  });
  const best = scored
    .filter(({ columns }) => columns > 1)
    .toSorted((a, b) => Math.round(b.share * 10) - Math.round(a.share * 10) || b.columns - a.columns)[0];
  return best?.delimiter;
}
