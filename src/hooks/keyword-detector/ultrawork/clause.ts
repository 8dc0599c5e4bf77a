/** What the surrounding words make of the keyword: a command, a refusal, or mere talk about it. */
export type Judgement = "use" | "negated" | "mention";

/** The sentence round one occurrence: the words before and after it, and the mark that ends it ("" when none). */
export type Sentence = { before: string; after: string; end: string };

const REACH = 300;
const STOP_BEFORE = /[.!?…](?=\s)|[。！？؟;；\n]/g;
const STOP_AFTER = /[.!?…]+(?=\s|$)|[。！？؟;；\n]/;

/** A single line break inside a long wrapped line does not end the sentence. */
function joinWrapped(text: string): string {
  if (!text.includes("\n")) return text;
  return text.replace(/\n(?=\p{Ll})/gu, (newline, at: number) => (endsLongLine(text, at) ? " " : newline));
}

function endsLongLine(text: string, newline: number): boolean {
  const length = newline - text.lastIndexOf("\n", newline - 1) - 1;
  return length > 60 && /[\p{L},]/u.test(text.charAt(newline - 1));
}

/** Cuts out the sentence in which the keyword stands, looking at most 300 characters to either side. */
export function sentenceAround(text: string, start: number, end: number): Sentence {
  const left = joinWrapped(text.slice(Math.max(0, start - REACH), start) + "\uE000").slice(0, -1);
  let cut = 0;
  STOP_BEFORE.lastIndex = 0;
  for (let match = STOP_BEFORE.exec(left); match !== null; match = STOP_BEFORE.exec(left)) cut = match.index + 1;
  const right = text.slice(end, end + REACH);
  const stop = STOP_AFTER.exec(right);
  return { before: left.slice(cut), after: stop === null ? right : right.slice(0, stop.index), end: stop?.[0] ?? "" };
}

const TOKEN = /[\p{L}\p{N}\p{M}]+(?:['’/-][\p{L}\p{N}\p{M}]+)*|\uFFFC+/gu;

/** Lower-case words of a stretch; French and Italian elisions ("n'utilise") become two words. */
export function tokens(text: string): string[] {
  const found =
    text
      .toLowerCase()
      .replaceAll("’", "'")
      .replaceAll(/\u0640|[\u064b-\u0652]/g, "")
      .match(TOKEN) ?? [];
  return found.flatMap((token) => {
    const elided = /^(n|d|l|j|m|qu(?!'est)|s|dell|all|un)'(.+)$/.exec(token);
    return elided === null || token === "s'il" ? [token] : [elided[1] ?? "", elided[2] ?? ""];
  });
}

const CLAUSE_BREAK = /[,;:，、：；،()[\]{}—|→]|\s[–-]+\s|\.{2,}|…/g;

/** Splits the words before the keyword at the last clause break: what stands before it, and the clause itself. */
export function lastClause(before: string): { earlier: string; clause: string; mark: string } {
  // An opening bracket or dash right before the keyword belongs to the keyword.
  let cut = 0;
  let breakAt = 0;
  let mark = "";
  CLAUSE_BREAK.lastIndex = 0;
  for (let match = CLAUSE_BREAK.exec(before); match !== null; match = CLAUSE_BREAK.exec(before)) {
    breakAt = match.index;
    cut = match.index + match[0].length;
    mark = match[0].trim();
  }
  return { earlier: before.slice(0, breakAt), clause: before.slice(cut), mark };
}

/** The words after the keyword up to the first clause break, and the mark found there. */
export function nextClause(after: string): { clause: string; mark: string } {
  CLAUSE_BREAK.lastIndex = 0;
  const match = CLAUSE_BREAK.exec(after);
  return match === null ? { clause: after, mark: "" } : { clause: after.slice(0, match.index), mark: match[0].trim() };
}
