/** One line of Markdown; `fence` is the info string of the code block it stands in ("" without one), the fences themselves included. */
export interface Line {
  number: number;
  text: string;
  fence: string | undefined;
}

export interface Section {
  heading: string;
  body: string;
}

/** A pipe table; cells are Markdown, and pipes and line breaks in them are made safe. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.map(cell).join(" | ")} |`;
  return [line(head), `|${head.map(() => "---").join("|")}|`, ...rows.map(line)].join("\n");
}

function cell(text: string): string {
  return text.replace(/\s*\n\s*/g, " ").replace(/(?<!\\)\|/g, "\\|");
}

/** Inline code. */
export function code(text: string): string {
  return `\`${text}\``;
}

/** Several things as inline code, separated by commas; a dash for none. */
export function codes(texts: readonly string[]): string {
  return texts.length === 0 ? "–" : texts.map(code).join(", ");
}

/** A page: title, intro, a contents list of its sections, and the sections. */
export function page(title: string, intro: string, sections: readonly Section[]): string {
  const contents = sections.map(({ heading }) => `- [${heading}](#${anchor(heading)})`).join("\n");
  const bodies = sections.map(({ heading, body }) => `## ${heading}\n\n${body}`);
  return `${[`# ${title}`, `${intro} ${GENERATED}`, contents, ...bodies].filter(Boolean).join("\n\n")}\n`;
}

const GENERATED = "Written by `bun scripts/docs.ts` from the code; do not edit it by hand.";

/** The fragment that GitHub gives to a heading. */
export function anchor(heading: string): string {
  return heading
    .replace(/\[([^\]]*)\]\([^)]*\)/g, "$1")
    .toLowerCase()
    .replace(/[^\p{L}\p{M}\p{N}\p{Pc} -]/gu, "")
    .replaceAll(" ", "-");
}

/** The fragments of a page, repeated headings numbered as GitHub does. */
export function anchors(markdown: string): Set<string> {
  const found = new Set<string>();
  for (const { text, fence } of lines(markdown)) {
    const heading = fence === undefined ? /^#{1,6}\s+(.*?)\s*#*$/.exec(text)?.[1] : undefined;
    if (heading === undefined) continue;
    const base = anchor(heading);
    let name = base;
    for (let again = 1; found.has(name); again += 1) name = `${base}-${again}`;
    found.add(name);
  }
  return found;
}

/** The lines of a text, numbered from 1, each with the code block it stands in. */
export function lines(markdown: string): Line[] {
  let open: { mark: string; info: string } | undefined;
  return markdown.split("\n").map((text, index) => {
    const [, mark, info = ""] = /^\s*(`{3,}|~{3,})\s*(\S*)/.exec(text) ?? [];
    const before = open;
    if (mark !== undefined)
      open = before === undefined ? { mark, info } : mark.startsWith(before.mark) && info === "" ? undefined : before;
    return { number: index + 1, text, fence: (before ?? open)?.info };
  });
}

/** The inline code of a line. */
export function codeSpans(text: string): string[] {
  return [...text.matchAll(/(`+)(.+?)\1(?!`)/g)].map((match) => (match[2] ?? "").trim());
}
