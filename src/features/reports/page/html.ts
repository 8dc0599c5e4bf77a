import { escapeHtml } from "../../../drawing/markup.ts";

/** Markup that is ready to be put into a page. */
export interface Html {
  readonly markup: string;
}

type Part = string | number | Html | undefined | false | readonly Part[];

/** A template whose every insertion is escaped, except markup that `html` or `trusted` made; lists are joined, `undefined` and `false` are nothing. */
export function html(strings: TemplateStringsArray, ...parts: readonly Part[]): Html {
  return { markup: strings.map((text, index) => text + (index < parts.length ? insert(parts[index]) : "")).join("") };
}

/** Markup that this package wrote itself. */
export function trusted(markup: string): Html {
  return { markup };
}

function insert(part: Part): string {
  if (part === undefined || part === false) return "";
  if (typeof part === "number") return String(part);
  if (typeof part === "string") return escapeHtml(part);
  return "markup" in part ? part.markup : part.map(insert).join("");
}
