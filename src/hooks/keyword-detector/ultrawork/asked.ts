import { nextClause, type Sentence } from "./clause.ts";
import * as lexicon from "./lexicon.ts";

export const COORDINATORS = /^(?:and|und|et|y|e|и|و|en|og|och|i|ve|plus|then|dann|puis)$/;
export const POSSESSIVE = /^(?!(?:let|what|it|that|here|there|who|how|when|where|why)'s)[\p{L}\p{N}]+'s$/u;
export const SPACELESS = /[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]/;
const YES_OR_NO = /^(?:is|are|was|were|does|did|has|should|am|ist|sind|soll|sollte)$/;
const FINITE_TALK =
  /^(?:explain|describe|tell|show|teach|check|see|know|find|verify|confirm|look|erklären|sagen|zeigen|prüfen|expliquer|dire|explicar|decir|dizer|spiegare|dire|объяснить|сказать)$/;
/** "¿me haces esto con ulw?": the work is named, so the question asks for it. */
const WORK = /^(?:esto|eso|hacerlo|farlo|questo|ça|cela|isso|isto|fazê-lo|this|это)$/;
const WORKS = /^(?:funktion|funcion|funzion|fonction|march|work|geht|klappt)/;
const DETERMINED = /^(?:the|a|an|our|my|your|this|that)$/;
const isLight = (word: string): boolean =>
  lexicon.LIGHT.has(word) ||
  lexicon.ADDRESSEES.has(word) ||
  lexicon.REQUEST_VERBS.has(word) ||
  lexicon.OPENERS.has(word);
export const isQuestion = (end: string): boolean => /[?？؟]/.test(end);

/** "loves", "tested" and "testing" are listed as "love" and "test". */
export function isMention(word: string): boolean {
  const { MENTIONS } = lexicon;
  if (MENTIONS.has(word)) return true;
  const stem = /^([a-z]{2,}?)(?:s|es|ed|d|ing)$/.exec(word)?.[1];
  return (
    stem !== undefined && (MENTIONS.has(stem) || MENTIONS.has(`${stem}e`) || MENTIONS.has(stem.replace(/(.)\1$/, "$1")))
  );
}

/** The word that governs the keyword, past articles and "mode"; `named` tells whether an article stood between. */
export function governorOf(before: readonly string[]): { word: string; index: number; named: boolean } {
  let index = before.length - 1;
  let named = false;
  for (; index >= 0; index -= 1) {
    const word = before[index] ?? "";
    const article =
      lexicon.DETERMINERS.has(word) || /^(?:de|d|di|do|da|l|al|del|du|des|из)$/.test(word) || POSSESSIVE.test(word);
    if (!article && (!lexicon.MODE_NOUNS.has(word) || lexicon.USE_VERBS.has(word))) break;
    named ||= article;
  }
  return { word: before[index] ?? "", index, named };
}

/** "…reduce churn use ulw": an order that begins after a question without punctuation. */
function restarts(before: readonly string[], index: number): boolean {
  if (before.includes("please") || before.includes("bitte")) return index > 0;
  if (index < 4 || !lexicon.IMPERATIVES.has(before[index] ?? "")) return false;
  const previous = before[index - 1] ?? "";
  return !lexicon.SUBJECTS.has(previous) && !lexicon.LIGHT.has(previous) && !lexicon.QUESTION_WORDS.has(previous);
}

/** "à quoi sert …", "¿para qué sirve …": a preposition may stand before the question word. */
function askedFrom(before: readonly string[]): readonly string[] {
  const [first = "", second = ""] = before;
  return lexicon.PREPOSITION_OF_QUESTION.has(first) && lexicon.QUESTION_WORDS.has(second) ? before.slice(1) : before;
}

export function isAsked(all: readonly string[], after: readonly string[], sentence: Sentence): boolean {
  const before = askedFrom(all);
  const { word, index, named } = governorOf(before);
  const [first = "", second = ""] = before;
  if ((first === "how" && second === "about") || (first === "why" && second === "not")) return false;
  if (!lexicon.QUESTION_WORDS.has(first)) return false;
  const helper = lexicon.SUBJECTS.has(second) || /^(?:to|does|do|should|is|are|can|quoi)$/.test(second);
  if (lexicon.SOFT_QUESTION_WORDS.has(first) && !isQuestion(sentence.end) && !helper) return false;
  if (restarts(before, index)) return false;
  if (YES_OR_NO.test(first) || (after.length === 0 && isQuestion(sentence.end))) return true;
  const governed =
    named ||
    lexicon.USE_VERBS.has(word) ||
    lexicon.PREPOSITIONS.has(word) ||
    isMention(word) ||
    lexicon.COMPARERS.has(word) ||
    lexicon.QUESTION_WORDS.has(word);
  return governed || after.length > 0 || before.length < 4;
}

/** A question without a question word: "Anyone tried ulw?", "¿Me explicas ulw?". */
export function isPlainQuestion(before: readonly string[], sentence: Sentence): boolean {
  const [first = ""] = before;
  if (
    !isQuestion(sentence.end) ||
    nextClause(sentence.after).mark !== "" ||
    SPACELESS.test(sentence.before + sentence.after)
  )
    return false;
  if (
    lexicon.PREPOSITIONS.has(before.at(-1) ?? "") &&
    before.some((token) => WORK.test(token)) &&
    !before.some((token) => WORKS.test(token))
  )
    return false;
  return (
    (!lexicon.USE_VERBS.has(first) || /^(?:ulw|ultrawork)$/.test(first)) &&
    !lexicon.QUESTION_WORDS.has(first) &&
    !before.some((token) => lexicon.IMPERATIVES.has(token))
  );
}

/** "can you check whether …", "tell me how to use …", "kannst du mir … erklären": the keyword is what one wants explained. */
export function isExplained(before: readonly string[], after: readonly string[], word: string, index: number): boolean {
  const talk = before.findIndex(
    (token, at) =>
      (FINITE_TALK.test(token) &&
        !DETERMINED.test(before[at - 1] ?? "") &&
        (at < 2 || isLight(before[at - 1] ?? ""))) ||
      lexicon.EXPLAINERS.has(token),
  );
  if (COORDINATORS.test(word)) return false;
  const preposition = lexicon.PREPOSITIONS.has(word) || word === "using";
  if (
    talk !== -1 &&
    before
      .slice(talk + 1)
      .some((token) => lexicon.QUESTION_WORDS.has(token) || /^(?:if|ob|si|se|se|ли|que)$/.test(token))
  )
    return true;
  if (!preposition && before.some((token) => lexicon.EXPLAINERS.has(token))) return true;
  if (before.includes("compare") && word === "with") return true;
  const how = before.lastIndexOf("how", index);
  if (how !== -1 && index - how <= 3 && lexicon.USE_VERBS.has(word)) return true;
  const [only = ""] = after;
  return (
    !preposition &&
    ((after.length === 1 && /^\p{L}{3,}(?:en|ern|eln)$/u.test(only) && !lexicon.USE_VERBS.has(only)) ||
      after.some((token) => lexicon.FINAL_EXPLAINERS.has(token)))
  );
}
