/** A thing that a page documents; `mark` is the text by which the page shows it. */
export interface Item {
  kind: string;
  name: string;
  mark: string;
}

/** A generated file as it should be; `path` is relative to the repository. */
export interface Page {
  path: string;
  text: string;
  items: readonly Item[];
}

const REMEDY = "run bun scripts/docs.ts";

/** What keeps the committed files from being current, one line per file with the items that it misses. */
export function drift(pages: readonly Page[], committed: Readonly<Record<string, string | undefined>>): string[] {
  return pages.flatMap((page) => {
    const text = committed[page.path];
    if (text === undefined) return [`${page.path}: missing; ${REMEDY}`];
    if (text === page.text) return [];
    const missing = page.items.filter(({ mark }) => !text.includes(mark)).map(({ kind, name }) => `${kind} ${name}`);
    const what =
      missing.length > 0
        ? `does not have ${missing.join(", ")}`
        : `differs from line ${firstDifference(text, page.text)}`;
    return [`${page.path}: out of date, ${what}; ${REMEDY}`];
  });
}

/** Files of a generated folder that nothing generates any more. */
export function stale(pages: readonly Page[], present: readonly string[]): string[] {
  const made = new Set(pages.map(({ path }) => path));
  return present
    .filter((path) => !made.has(path))
    .map((path) => `${path}: no longer generated; ${REMEDY} to remove it`);
}

function firstDifference(a: string, b: string): number {
  const [left, right] = [a.split("\n"), b.split("\n")];
  const index = left.findIndex((line, at) => line !== right[at]);
  return (index === -1 ? left.length : index) + 1;
}
