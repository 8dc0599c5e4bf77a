import { lastClause, nextClause, tokens, type Judgement, type Sentence } from "./clause.ts";
import * as lexicon from "./lexicon.ts";
import { isNegatedAfter, isNegatedBefore } from "./negation.ts";

const AUXILIARIES = /^(?:can|could|would|will|should|must|might|sollte|kann|wird)$/;
const COORDINATORS = /^(?:and|und|et|y|e|и|و|en|og|och|i|ve|plus|then|dann|puis)$/;
const IT = /^(?:[,\s:–—-]*)(?:what|how|was|wie|why|warum|qu'est-ce|comment|c'est|qué|cómo|o que|como|cosa|come|что|как|ما)[^.\n]{0,14}(?<!\p{L})(?:it|that|das|es|ça|eso|isso|это|هذا)(?!\p{L})[^\n]{0,12}$/iu;
const WHAT_IS = /^[,\s:–—-]*(?:(?:c'est quoi|c’est quoi|qué es|o que é|che cos'è|cos'è|что это)(?: ça| isso| eso| такое)?)\s*$/iu;
const GERMAN_AFTER_WAS = /^(?:macht|machen|ist|sind|kostet|können|kann|sollen|sollten|soll|müssen|muss|wir|unser|unsere|der|die|das|fehlt|läuft|tun|bringt|wäre|hat|haben)$/;
const SHELL = /(?:^|\n)\s*(?:sudo )?(?:git|npm|npx|bunx?|pnpm|yarn|pip3?|brew|docker|curl|opencode|grep|rg|cd|ls|mkdir|touch|chmod|ssh|python3?|node)\s[^\n]*$/;
const POSSESSIVE = /^(?!(?:let|what|it|that|here|there|who|how|when|where|why)'s)[\p{L}\p{N}]+'s$/u;
const SPACELESS = /[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]/;
const YES_OR_NO = /^(?:is|are|was|were|does|did|has|should|am|ist|sind|soll|sollte)$/;
const PERFECT = /(?:^| )(?:ho|hai|ha|abbiamo|ai|as|a|avons|avez|ont|he|has|hemos|han|tenho|temos) (?:già |déjà |ya |já )?(?:usato|utilizzato|provato|utilisé|essayé|testé|usado|utilizado|probado)(?: |$)/u;
const PAST = /^(?:usé|usó|usei|usou|usamos|probé|использовал|использовала|использовали|пробовал|попробовал|включал)$/u;
const PARTICIPLE = /^(?:benutzt|genutzt|verwendet|probiert|ausprobiert|getestet|gesehen|gehört)$/;
const NAMES_IT = /^(?:word|words|keyword|term|explain|define|describe|translate|topic|subject|about|meaning|re|wort|begriff|erkläre|mot|explique|palabra|explica|spiega|объясни|слово)$/;

const isQuestion = (end: string): boolean => /[?？؟]/.test(end);

function skip(list: readonly string[], set: ReadonlySet<string>): string[] {
  let index = 0;
  while (index < list.length && set.has(list[index] ?? "")) index += 1;
  return list.slice(index);
}

/** "ulw is …", "ulw costs …": the keyword is what the sentence is about. */
function isSubject(after: readonly string[], sentence: Sentence): boolean {
  const [verb = "", next = ""] = skip(after, lexicon.MODE_NOUNS);
  if (!lexicon.SUBJECT_VERBS.has(verb)) return verb === "may" && /^(?:be|not|help|cost|have)$/.test(next);
  if (verb === "was" && GERMAN_AFTER_WAS.test(next)) return false;
  if (verb === "es" && /^(?:soll|muss|geht|gibt|ist|wird|braucht)$/.test(next)) return false;
  if (!lexicon.INVERTED_SUBJECTS.has(next)) return true;
  return !AUXILIARIES.test(verb) && !isQuestion(sentence.end);
}

/** The keyword as a topic: its docs, its price, its rivals. */
function isTopic(before: readonly string[], after: readonly string[], sentence: Sentence): boolean {
  const [first = "", second = ""] = after;
  if (lexicon.COMPARERS.has(first) && second !== "else") return true;
  if (/^(?:and|und|et|y|и|,)$/.test(first) && lexicon.OTHER_MODES.has(second)) return true;
  if (/^[,/]\s*\p{L}/u.test(sentence.after) && lexicon.OTHER_MODES.has(tokens(sentence.after)[0] ?? "")) return true;
  if (!lexicon.META_NOUNS.has(first)) return false;
  return before.length > 0 || after.length === 1 || lexicon.SUBJECT_VERBS.has(second);
}

function judgeLeading(sentence: Sentence, earlier: readonly string[], mark: string, after: readonly string[]): Judgement {
  const question = isQuestion(sentence.end);
  if (mark === ":" && earlier.length <= 2 && NAMES_IT.test(earlier.at(-1) ?? "")) return "mention";
  if (question && sentence.after.trim() === "" && earlier.length === 0) return "mention";
  if (question && lexicon.JUDGEMENTS.has(after[0] ?? "")) return "mention";
  if (question && !/^[,;:—–-]/.test(sentence.after.trim()) && after.length <= 2 && !SPACELESS.test(sentence.after) && !lexicon.QUESTION_WORDS.has(after[0] ?? "")) return "mention";
  if (question && /^(?:for|für|pour|para|per|для)$/.test(after[0] ?? "") && after.length <= 4) return "mention";
  return IT.test(sentence.after) || WHAT_IS.test(sentence.after) ? "mention" : "use";
}

/** The word that governs the keyword, past articles and "mode"; `named` tells whether an article stood between. */
function governorOf(before: readonly string[]): { word: string; index: number; named: boolean } {
  let index = before.length - 1;
  let named = false;
  for (; index >= 0; index -= 1) {
    const word = before[index] ?? "";
    const article = lexicon.DETERMINERS.has(word) || /^(?:de|d|di|do|da|l|al|del|du|des|из)$/.test(word) || POSSESSIVE.test(word);
    if (!article && !lexicon.MODE_NOUNS.has(word)) break;
    named ||= article;
  }
  return { word: before[index] ?? "", index, named };
}

function requestIndex(before: readonly string[]): number {
  const index = before.slice(0, 5).findIndex((word) => lexicon.REQUEST_VERBS.has(word));
  if (index === -1 || /^(?:se|si)$/.test(before[index - 1] ?? "")) return -1;
  const english = /^(?:can|could|would|will|können|könnten|wollen)$/.test(before[index] ?? "");
  if (!english) return index;
  return index === 0 && lexicon.ADDRESSEES.has(before[1] ?? "") ? index : -1;
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

function isAsked(all: readonly string[], after: readonly string[], sentence: Sentence): boolean {
  const before = askedFrom(all);
  const { word, index, named } = governorOf(before);
  const [first = "", second = ""] = before;
  if ((first === "how" && second === "about") || (first === "why" && second === "not")) return false;
  if (!lexicon.QUESTION_WORDS.has(first)) return false;
  const helper = lexicon.SUBJECTS.has(second) || /^(?:to|does|do|should|is|are|can|quoi)$/.test(second);
  if (lexicon.SOFT_QUESTION_WORDS.has(first) && !isQuestion(sentence.end) && !helper) return false;
  if (restarts(before, index)) return false;
  if (YES_OR_NO.test(first)) return true;
  const governed = named || [lexicon.USE_VERBS, lexicon.PREPOSITIONS, lexicon.MENTIONS, lexicon.COMPARERS, lexicon.QUESTION_WORDS].some((set) => set.has(word));
  return governed || after.length > 0 || before.length < 4;
}

/** A question without a question word: "Anyone tried ulw?", "¿Me explicas ulw?". */
function isPlainQuestion(before: readonly string[], sentence: Sentence): boolean {
  const [first = ""] = before;
  if (!isQuestion(sentence.end) || nextClause(sentence.after).mark !== "" || SPACELESS.test(sentence.before + sentence.after)) return false;
  return !lexicon.USE_VERBS.has(first) && !lexicon.QUESTION_WORDS.has(first) && !before.some((token) => lexicon.IMPERATIVES.has(token));
}

/** "I used ulw yesterday", "when I type ulw": a report or a condition, not an order. */
function isReported(before: readonly string[], after: readonly string[], word: string): boolean {
  if (PERFECT.test(before.join(" ")) || PAST.test(word)) return true;
  if (before.some((token) => /^(?:habe|hab|hat|haben|hatte)$/.test(token)) && after.some((token) => PARTICIPLE.test(token))) return true;
  if (before.some((token, index) => token === "you" && /^(?:can|could|may|might)$/.test(before[index + 1] ?? ""))) return false;
  if (before.some((token) => lexicon.WISHES.has(token))) return false;
  const subject = before.findIndex((token) => lexicon.SUBJECTS.has(token));
  if (subject === -1) return /^(?:used|tried|typed|tested)$/.test(before[0] ?? "");
  if (before.slice(subject + 1, subject + 5).some((token) => lexicon.REPORTS.has(token))) return true;
  const condition = lexicon.CONDITIONALS.has(before[0] ?? "");
  return condition && subject === 1 && lexicon.USE_VERBS.has(word) && !/^(?:can|like|want|need|could)$/.test(before[2] ?? "");
}

function isExplained(before: readonly string[], after: readonly string[], word: string, index: number): boolean {
  const at = before.findIndex((token) => lexicon.EXPLAINERS.has(token));
  const preposition = lexicon.PREPOSITIONS.has(word) || word === "using";
  if (at !== -1 && (!preposition || before.slice(at + 1).some((token) => lexicon.QUESTION_WORDS.has(token)))) return true;
  if (before.includes("compare") && word === "with") return true;
  if (!preposition && after.some((token) => lexicon.FINAL_EXPLAINERS.has(token))) return true;
  const how = before.lastIndexOf("how", index);
  return how !== -1 && index - how <= 3 && lexicon.USE_VERBS.has(word);
}

function judgeGoverned(before: readonly string[], after: readonly string[], sentence: Sentence): Judgement {
  const { word, index, named } = governorOf(before);
  if (isExplained(before, after, word, index)) return "mention";
  if (requestIndex(before) === -1 && (isAsked(before, after, sentence) || isPlainQuestion(before, sentence))) return "mention";
  if (before[0] === "there" && /^(?:is|are|was|were)$/.test(before[1] ?? "")) return "mention";
  if (isReported(before, after, word)) return "mention";
  if (word === "on") return /^(?:turn|switch|keep|put|going)$/.test(before[index - 1] ?? "") ? "use" : "mention";
  const wish = before.some((token) => lexicon.WISHES.has(token));
  if (word === "for" && /^(?:time|go|going|ready|asking|wish)$/.test(before[index - 1] ?? "")) return "use";
  if (lexicon.COMPARERS.has(word)) return "mention";
  if (/^(?:add|put|insert|include|list)$/.test(word) && /^(?:to|into|in)$/.test(after[0] ?? "")) return "mention";
  if (lexicon.MENTIONS.has(word)) return wish && lexicon.USE_VERBS.has(word) ? "use" : "mention";
  if (requestIndex(before) !== -1) return "use";
  if (COORDINATORS.test(word)) return before.some((token) => lexicon.OTHER_MODES.has(token) || lexicon.MENTIONS.has(token)) && after.length === 0 ? "mention" : "use";
  if (lexicon.USE_VERBS.has(word) || lexicon.PREPOSITIONS.has(word) || lexicon.WISHES.has(word)) return "use";
  const asMode = lexicon.MODE_NOUNS.has(after[0] ?? "") || /^(?:on|for|to|über|auf|für)$/.test(after[0] ?? "");
  if (named && !(asMode && !before.some((token) => POSSESSIVE.test(token)) && (word === "" || lexicon.USE_VERBS.has(before[0] ?? "")))) return "mention";
  return /^\p{L}{3,}ed$/u.test(after[0] ?? "") ? "mention" : "use";
}

/** Judges the keyword by the grammar of languages that put spaces between words. */
export function judgeWords(sentence: Sentence): Judgement {
  if (SHELL.test(sentence.before)) return "mention";
  const { earlier, clause, mark } = lastClause(sentence.before);
  const whole = tokens(clause);
  const after = tokens(nextClause(sentence.after).clause);
  if (isNegatedBefore(whole, sentence.before)) return "negated";
  if (isNegatedAfter(whole, after, sentence.after)) return "negated";
  let start = 0;
  for (let index = 0; index < whole.length; index += 1) if (lexicon.BREAKS.has(whole[index] ?? "")) start = index + 1;
  const before = skip(whole.slice(start), lexicon.OPENERS);
  if (isSubject(after, sentence) || isTopic(before, after, sentence)) return "mention";
  if (before.every((token) => /^\d+$/.test(token))) return judgeLeading(sentence, tokens(earlier), mark, after);
  return judgeGoverned(before, after, sentence);
}
