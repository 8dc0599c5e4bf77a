import { sentenceAround, type Judgement } from "./clause.ts";
import { judgeCjk } from "./judge-cjk.ts";
import { judgeWords } from "./judge-words.ts";
import { maskBlocks } from "./mask-blocks.ts";
import { maskQuotes, stripOuterQuotes } from "./mask-quotes.ts";
import { mayMention } from "./mention.ts";

const FULL_WIDTH = /[Ａ-Ｚａ-ｚ]/g;
const KEYWORD = /ulw|ultrawork/gi;
/** Letters of scripts that are written with spaces; beside them the keyword is part of a longer word. */
const WORD_BEFORE = /[\p{Script=Latin}\p{Script=Cyrillic}\p{Script=Greek}\p{N}\p{Pc}]$/u;
const WORD_AFTER = /^[\p{Script=Latin}\p{Script=Cyrillic}\p{Script=Greek}\p{N}\p{Pc}]/u;
const GLUED_BEFORE = /(?:[-‐‑@#$%&=~\\{+^]|::|(?<!\.)\.|[\p{L}\p{N}][/+]|\/[^\s]*\/|[\w.)\]]\(|[\w)\]]\[)$/u;
const GLUED_AFTER =
  /^(?:[-‐‑](?=[\p{L}\p{N}])(?!modus(?![\p{L}\p{N}]))|[@#$%&=~\\/}^]|\(\)|::|:[/\d]|\.(?=[\p{L}\p{N}_])|['’]s\b|\]\(|[+](?=\p{L}))/iu;
const LINK_BEFORE = /(?:[a-z][a-z0-9+.-]*:\/\/|\bwww\.|\bmailto:|\/)\S*$/i;
const TOKEN_REACH = 2048;
const TOKEN_BREAK = /[\s"“”„«»「」『』<>\u3000-\u30ff\u3400-\u9fff\uac00-\ud7af\uff01-\uff0f]/u;
/** A prompt that names the keyword more often is a paste; its first and last occurrences decide. */
const MOST_OCCURRENCES = 60;

type Occurrence = { start: number; end: number };

function tokenBefore(text: string, start: number): string {
  let from = start;
  const limit = Math.max(0, start - TOKEN_REACH);
  while (from > limit && !TOKEN_BREAK.test(text.charAt(from - 1))) from -= 1;
  return text.slice(from, start);
}

/** True when the characters directly beside it make the occurrence a part of a word, path, address or flag. */
function isGlued(text: string, { start, end }: Occurrence): boolean {
  const near = text.slice(Math.max(0, start - 2), start);
  const right = text.slice(end, end + 8);
  if (WORD_BEFORE.test(near) || WORD_AFTER.test(right) || GLUED_AFTER.test(right)) return true;
  const token = tokenBefore(text, start);
  if (token === "/")
    return !/(?:^|\n|\b(?:use|run|do|with|please|type|start))[ \t]*$/i.test(
      text.slice(Math.max(0, start - 20), start - 1),
    );
  if (/^[*([]*$/.test(token)) return /[\w)]\[$/.test(near);
  return GLUED_BEFORE.test(near) || LINK_BEFORE.test(token);
}

function occurrences(text: string): Occurrence[] {
  const found: Occurrence[] = [];
  KEYWORD.lastIndex = 0;
  for (let match = KEYWORD.exec(text); match !== null; match = KEYWORD.exec(text)) {
    found.push({ start: match.index, end: match.index + match[0].length });
  }
  if (found.length <= MOST_OCCURRENCES) return found;
  return [...found.slice(0, MOST_OCCURRENCES / 2), ...found.slice(-MOST_OCCURRENCES / 2)];
}

function judge(text: string, { start, end }: Occurrence): Judgement {
  const sentence = sentenceAround(text, start, end);
  const after = sentence.after.replace(/^(?:\*{1,3}|[\])])+/, "").replace(/^\s*\([^()]{0,40}\)/, "");
  return judgeCjk(sentence.before, after, sentence.end) ?? judgeWords({ ...sentence, after });
}

/**
 * Tells whether a person's prompt turns ultrawork on: `ulw` or `ultrawork` as a word that is used, not quoted, negated
 * or asked about. Where it is both used and refused, the later one counts. Never throws; linear in the text's length.
 */
export function detectUltrawork(text: string): boolean {
  if (!mayMention(text)) return false;
  const narrow = text.replace(FULL_WIDTH, (char) => String.fromCharCode(char.charCodeAt(0) - 0xfee0));
  const masked = maskQuotes(maskBlocks(stripOuterQuotes(narrow)));
  let verdict: Judgement = "mention";
  for (const occurrence of occurrences(masked)) {
    if (isGlued(masked, occurrence)) continue;
    const found = judge(masked, occurrence);
    if (found !== "mention") verdict = found;
  }
  return verdict === "use";
}
