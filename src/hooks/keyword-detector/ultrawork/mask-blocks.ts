/** Replaces a stretch with as many fillers, so that every index stays valid. */
type Range = { start: number; end: number };

const OPENERS = /^[ \t]*(?:[-*+]|\d+[.)])?[ \t]*(`{3,}(?=[^`\n]*$)|~{3,})|<!--|<([A-Za-z][\w:-]*)(?:\s[^<>]*)?>|`+/gm;
const TAGS = /<(\/?)([A-Za-z][\w:-]*)(?:\s[^<>]*)?>/g;
const REMINDER = /^system(?:[-_](?:reminder|message|directive))?$/;
const QUOTED_LINE =
  /^[ \t]*(?:[>＞|]|\$ |(?:user|assistant|human|system) ?:|\[system[ _-](?:reminder|directive)).*$/gim;
const BACKTICKS = /`+/g;

/** Finds where each opening tag's element ends, in one pass with a stack per name. */
function elementEnds(text: string): Map<number, number> {
  const open = new Map<string, number[]>();
  const ends = new Map<number, number>();
  for (const match of text.matchAll(TAGS)) {
    const name = (match[2] ?? "").toLowerCase();
    const stack = open.get(name) ?? [];
    if (match[1] === "/") {
      const start = stack.pop();
      if (start !== undefined) ends.set(start, match.index + match[0].length);
    } else {
      stack.push(match.index);
      open.set(name, stack);
    }
  }
  return ends;
}

/** Positions of backtick runs by length, read front to back so that all look-ups together stay linear. */
class BacktickRuns {
  readonly #byLength = new Map<number, number[]>();
  readonly #cursor = new Map<number, number>();

  constructor(text: string) {
    for (const match of text.matchAll(BACKTICKS)) {
      const runs = this.#byLength.get(match[0].length) ?? [];
      runs.push(match.index);
      this.#byLength.set(match[0].length, runs);
    }
  }

  nextAfter(position: number, length: number): number | undefined {
    const runs = this.#byLength.get(length) ?? [];
    let cursor = this.#cursor.get(length) ?? 0;
    while (cursor < runs.length && (runs[cursor] ?? 0) < position) cursor += 1;
    this.#cursor.set(length, cursor);
    return runs[cursor];
  }
}

/** The end of a fence: past its closing line, or the end of the text when it is never closed. */
function fenceEnd(text: string, from: number, fence: string): number {
  let lineStart = text.indexOf("\n", from) + 1;
  while (lineStart > 0) {
    const newline = text.indexOf("\n", lineStart);
    const lineEnd = newline === -1 ? text.length : newline;
    if (closesFence(text, lineStart, lineEnd, fence)) return lineEnd;
    lineStart = newline + 1;
  }
  return text.length;
}

function closesFence(text: string, start: number, end: number, fence: string): boolean {
  let position = start;
  while (position < end && /[ \t]/.test(text.charAt(position))) position += 1;
  const runStart = position;
  while (position < end && text.charAt(position) === fence.charAt(0)) position += 1;
  if (position - runStart < fence.length) return false;
  while (position < end && /\s/.test(text.charAt(position))) position += 1;
  return position === end;
}

function closingOf(
  text: string,
  match: RegExpExecArray,
  runs: () => BacktickRuns,
  ends: () => Map<number, number>,
): number {
  const after = match.index + match[0].length;
  if (match[1] !== undefined) return fenceEnd(text, after, match[1]);
  if (match[0] === "<!--") {
    const close = text.indexOf("-->", after);
    return close === -1 ? text.length : close + 3;
  }
  if (match[2] !== undefined) {
    const end = ends().get(match.index);
    if (end !== undefined) return end;
    return REMINDER.test(match[2].toLowerCase()) ? text.length : after;
  }
  const close = runs().nextAfter(after, match[0].length);
  if (close !== undefined) return close + match[0].length;
  return match[0].length >= 3 ? text.length : match.index;
}

function blockRanges(text: string): Range[] {
  let runs: BacktickRuns | undefined;
  let ends: Map<number, number> | undefined;
  const found: Range[] = [];
  OPENERS.lastIndex = 0;
  for (let match = OPENERS.exec(text); match !== null; match = OPENERS.exec(text)) {
    const end = closingOf(
      text,
      match,
      () => (runs ??= new BacktickRuns(text)),
      () => (ends ??= elementEnds(text)),
    );
    if (end <= match.index) continue;
    found.push({ start: match.index, end });
    OPENERS.lastIndex = end;
  }
  return found;
}

/** Covers the given stretches (in order, not overlapping) with a filler of the same length. */
export function cover(text: string, ranges: readonly Range[], filler: string): string {
  if (ranges.length === 0) return text;
  const pieces: string[] = [];
  let position = 0;
  for (const { start, end } of ranges) {
    pieces.push(text.slice(position, start), filler.repeat(end - start));
    position = end;
  }
  pieces.push(text.slice(position));
  return pieces.join("");
}

/** Covers fenced and inline code, elements, comments, reminders, block quotes and table rows; indices stay valid. */
export function maskBlocks(text: string): string {
  const withoutBlocks = /[`<~]/.test(text) ? cover(text, blockRanges(text), "\uFFFC") : text;
  return withoutBlocks.replace(QUOTED_LINE, (line) => "\uFFFC".repeat(line.length));
}
