import {
  COORDINATORS,
  POSSESSIVE,
  SPACELESS,
  governorOf,
  isAsked,
  isExplained,
  isMention,
  isPlainQuestion,
  isQuestion,
} from "./asked.ts";
import { lastClause, nextClause, tokens, type Judgement, type Sentence } from "./clause.ts";
import { isFollowedByVerb } from "./finite.ts";
import * as lexicon from "./lexicon.ts";
import { isNegatedAfter, isNegatedBefore } from "./negation.ts";
import { isReport } from "./report.ts";

const IT =
  /^(?:[,\s:–—-]*)(?:what|how|was|wie|why|warum|qu'est-ce|comment|c'est|qué|cómo|o que|como|cosa|come|что|как|ما)[^.\n]{0,14}(?<!\p{L})(?:it|that|das|es|ça|eso|isso|это|هذا)(?!\p{L})[^\n]{0,12}$/iu;
const IS_IT =
  /^\s*[,:–—-]+\s*(?:is|does|can|will|did|has|ist|kann|hat|est-ce que|это|هل)\s+(?:it|that|das|es|c'est|ça)(?!\p{L})/iu;
const WHAT_IS =
  /^[,\s:–—-]*(?:(?:c'est quoi|c’est quoi|qué es|o que é|che cos'è|cos'è|что это)(?: ça| isso| eso| такое)?)\s*$/iu;
const SHELL =
  /(?:^|\n)\s*(?:sudo )?(?:git|npm|npx|bunx?|pnpm|yarn|pip3?|brew|docker|curl|opencode|grep|rg|cd|ls|mkdir|touch|chmod|ssh|python3?|node)\s[^\n]*$/;
const NAMES_IT =
  /^(?:word|words|keyword|term|explain|define|describe|translate|topic|subject|about|meaning|re|wort|begriff|erkläre|mot|explique|palabra|explica|spiega|объясни|слово)$/;
/** "lo que hizo ulw", "ما فعله ulw": the keyword is the subject of what is asked for. */
const RELATIVE = /^(?:que|qu|what|that|which|was|cosa|che|что|ما|الذي|التي|wat)$/;
const PUTS_STEM =
  /^(?:us[aeoi]|utili[sz]|lan[cçz]|akti[vw]|acti?v|ativ|attiv|nutz|benutz|verwend|использ|примен|включ|запус|задейств|استخدم|استعمل|تستخدم|تستعمل|نستخدم|شغل)/;
const EARLIER = /^(?:first|second|last|previous|latest|current|old|recent|earlier|letzte[nrs]?|vorige[nr]?)$/;
const POLITE = new Set(
  "please pls now bitte jetzt svp s'il te vous plaît stp por favor per favore пожалуйста".split(" "),
);
const NOUNS =
  /^(?:rate|tests?|reviews?|names?|questions?|demos?|features?|reports?|search|support|terms?|documents?|feedback|guide|replies|posts?)$/;
const PLURAL_VERB =
  /^(?:keep|look|stay|seem|eat|take|fail|don't|dont|never|always|still|get|need|run|cost|start|stop|crash|have|do)$/;
const CONJUNCTION =
  /^(?:ob|dass|wenn|weil|if|whether|because|quand|cuando|если|что|чтобы|bis|until|when|que|qu|qu'est|che|пока|أن|حتى)$/;
/** "problems with ulw": the preposition belongs to the noun before it. */
const TROUBLE =
  /^(?:probl[eè]m|issue|trouble|error|bug|fehler|erfahrung|experience|question|frage|expérience|experiencia|erro|проблем|ошибк|опыт|مشاكل|مشكلة|تجربة)/;
const INFINITIVE = /(?:er|ir|oir|re|ar|are|ere|ire|ть)$/;
const BEFORE_INFINITIVE =
  /^(?:à|di|de|per|para|pour|veux|voudrais|quiero|quisiera|voglio|vorrei|quero|queria|хочу|помоги|мне)$/;
const AGENT = /^(?:par|por|da|von|pelo|dal)$/;
const PASSIVE = /(?:é|ée|és|ées|ado|ada|ados|adas|ido|ida|ato|ata|ati|ate|ito|uto|t|en)$/;
const OWNED =
  /^(?:the|our|my|your|his|her|their|that|der|die|dieser|unsere?|meine?|ma|mi|el|nuestro|mi|le|notre|mon|il|nosso|meu|[\p{L}\p{N}]+'s)$/u;

function skip(list: readonly string[], set: ReadonlySet<string>): string[] {
  let index = 0;
  while (index < list.length && set.has(list[index] ?? "")) index += 1;
  return list.slice(index);
}

/** "our conversion rate ulw": a word of talk that is the noun of the task. */
function isNoun(before: readonly string[], index: number): boolean {
  const previous = before[index - 1] ?? "";
  return (
    NOUNS.test(before[index] ?? "") &&
    index > 0 &&
    !lexicon.SUBJECTS.has(previous) &&
    !lexicon.LIGHT.has(previous) &&
    !lexicon.OPENERS.has(previous) &&
    !/^(?:and|then)$/.test(previous)
  );
}

/** The keyword as a topic: its docs, its price, its rivals. */
function isTopic(before: readonly string[], after: readonly string[], sentence: Sentence): boolean {
  const [first = "", second = ""] = after;
  if (
    lexicon.COMPARERS.has(first) &&
    second !== "else" &&
    (first !== "o" || isQuestion(sentence.end) || lexicon.OTHER_MODES.has(second))
  )
    return true;
  if (/^(?:and|und|et|y|и|,)$/.test(first) && lexicon.OTHER_MODES.has(second)) return true;
  if (/^[,/]\s*\p{L}/u.test(sentence.after) && lexicon.OTHER_MODES.has(tokens(sentence.after)[0] ?? "")) return true;
  if (/^(?:and|und|y|et|e)$/.test(first) && lexicon.DETERMINERS.has(second)) return true;
  if (/^(?:looks|seems|sounds|feels)$/.test(second) || (first === "not" && second.endsWith("ing"))) return true;
  if (second === "ich" && !/^(?:will|möchte|brauche|hätte|kann|soll)$/.test(first)) return !isQuestion(sentence.end);
  if (!lexicon.META_NOUNS.has(first)) return false;
  if (PLURAL_VERB.test(second) || /^(?:empty|missing|weird|wrong)$/.test(second)) return true;
  return before.length > 0 || after.length === 1 || isFollowedByVerb(after.slice(1), sentence.after, false);
}
const opensQuestion = (word: string): boolean => lexicon.QUESTION_WORDS.has(word) || lexicon.REQUEST_VERBS.has(word);

function judgeLeading(
  sentence: Sentence,
  earlier: readonly string[],
  mark: string,
  after: readonly string[],
): Judgement {
  const question = isQuestion(sentence.end);
  if (mark === ":" && earlier.length <= 2 && NAMES_IT.test(earlier.at(-1) ?? "")) return "mention";
  if (question && sentence.after.trim() === "" && earlier.length === 0) return "mention";
  if (
    /^(?:zu|to)$/.test(after[0] ?? "") &&
    after.length === 2 &&
    earlier.length > 0 &&
    !lexicon.USE_VERBS.has(after[1] ?? "")
  )
    return "mention";
  if (question && lexicon.JUDGEMENTS.has(after[0] ?? "")) return "mention";
  if (
    question &&
    !/^[,;:—–¿-]/.test(sentence.after.trim()) &&
    !SPACELESS.test(sentence.after) &&
    !after.slice(0, Math.max(1, after.length - 1)).some(opensQuestion)
  )
    return "mention";
  if (question && /^(?:for|für|pour|para|per|для)$/.test(after[0] ?? "") && after.length <= 4) return "mention";
  if (question && IS_IT.test(sentence.after)) return "mention";
  return IT.test(sentence.after) || WHAT_IS.test(sentence.after) ? "mention" : "use";
}

function requestIndex(before: readonly string[]): number {
  const index = before.slice(0, 5).findIndex((word) => lexicon.REQUEST_VERBS.has(word));
  if (index === -1 || /^(?:se|si)$/.test(before[index - 1] ?? "")) return -1;
  const english = /^(?:can|could|would|will|may|können|könnten|wollen)$/.test(before[index] ?? "");
  if (!english) return index;
  if (before[1] === "i" && /^(?:get|have|ask)$/.test(before[2] ?? "")) return index;
  return index === 0 && lexicon.ADDRESSEES.has(before[1] ?? "") ? index : -1;
}

/** "explain ulw", "my boss hates ulw": so short a clause leaves only the keyword as its object. */
function isObject(before: readonly string[], after: readonly string[]): boolean {
  const [first = ""] = before;
  if ([first, ...after].some((token) => SPACELESS.test(token))) return false;
  if (after.length === 1 && lexicon.SUBJECTS.has(first)) return before.length <= 3;
  if (after.length === 1 && before.length === 1 && /^\p{L}+$/u.test(first))
    return !lexicon.LIGHT.has(after[0] ?? "") && !/^(?:everything|all)$/.test(after[0] ?? "");
  if (after.length > 0) return false;
  if (lexicon.SUBJECTS.has(first)) return before.length <= 2;
  if (lexicon.DETERMINERS.has(first)) return before.length === 3;
  return before.length === 1 && !COORDINATORS.test(first) && !/\d/.test(first);
}

function judgeGoverned(before: readonly string[], after: readonly string[], sentence: Sentence): Judgement {
  const { word, index, named } = governorOf(before);
  const request = requestIndex(before) !== -1;
  const wish = before.some((token) => lexicon.WISHES.has(token));
  const puts = lexicon.USE_VERBS.has(word) || lexicon.PREPOSITIONS.has(word) || PUTS_STEM.test(word);
  if (isExplained(before, after, word, index)) return "mention";
  if (!request && (isAsked(before, after, sentence) || isPlainQuestion(before, sentence))) return "mention";
  if (before[0] === "there" && /^(?:is|are|was|were)$/.test(before[1] ?? "")) return "mention";
  if (
    /^(?:dass|daß)$/.test(before[0] ?? "") &&
    (lexicon.USE_VERBS.has(after[0] ?? "") || PUTS_STEM.test(after[0] ?? ""))
  )
    return "use";
  if (CONJUNCTION.test(word) || TROUBLE.test(before[index - 1] ?? "")) return "mention";
  if (
    !puts &&
    INFINITIVE.test(word) &&
    (BEFORE_INFINITIVE.test(before[index - 1] ?? "") ||
      (before[index - 1] === "a" && /(?:me|mi|da|nos|ci)$/.test(before[index - 2] ?? "")))
  )
    return "mention";
  if (word === "up" && before[index - 1] === "look") return "mention";
  if (word === "through" && /^(?:walk|talk|guide|take)$/.test(before[0] ?? "")) return "mention";
  if (RELATIVE.test(before[index - 1] ?? "") && !puts && !request) return "mention";
  if (AGENT.test(word) && PASSIVE.test(before[index - 1] ?? "")) return "mention";
  if (before.length === 1 && OWNED.test(before[0] ?? "")) return "mention";
  if (
    word === "to" &&
    !wish &&
    !request &&
    !lexicon.USE_VERBS.has(before[index - 1] ?? "") &&
    !/^(?:you|back|over|ready|able|move|change)$/.test(before[index - 1] ?? "")
  )
    return "mention";
  if (!puts && lexicon.VERB_NEGATORS.has(before[index - 1] ?? "") && after.length === 0) return "mention";
  if (!COORDINATORS.test(word) && isReport(before, after, { word, index, puts, wish: wish || request }))
    return "mention";
  if (word === "on") return /^(?:turn|switch|keep|put|going)$/.test(before[index - 1] ?? "") ? "use" : "mention";
  if (word === "for" && /^(?:time|go|going|ready|asking|wish|calls?|case|job)$/.test(before[index - 1] ?? ""))
    return "use";
  if (EARLIER.test(word) && after.length > 0) return "mention";
  if (
    /^(?:compared|similar|equal|related|relating|respect|next|switched|changed|renamed)$/.test(before[index - 1] ?? "")
  )
    return "mention";
  if (lexicon.COMPARERS.has(word)) return "mention";
  if (/^(?:add|put|insert|include|list)$/.test(word) && /^(?:to|into|in)$/.test(after[0] ?? "")) return "mention";
  if (word === "of" && before[index - 1] === "use") return "use";
  if (isMention(word) && !isNoun(before, index)) return wish && lexicon.USE_VERBS.has(word) ? "use" : "mention";
  if (request) return "use";
  if (COORDINATORS.test(word))
    return before.some((token) => lexicon.OTHER_MODES.has(token) || isMention(token)) && after.length === 0
      ? "mention"
      : "use";
  if (puts || lexicon.WISHES.has(word)) return "use";
  const asMode = lexicon.MODE_NOUNS.has(after[0] ?? "") || /^(?:on|for|to|über|auf|für)$/.test(after[0] ?? "");
  if (
    named &&
    !(
      asMode &&
      !before.some((token) => POSSESSIVE.test(token)) &&
      (word === "" || lexicon.USE_VERBS.has(before[0] ?? ""))
    )
  )
    return "mention";
  // "лог ulw", "خطة ulw": a noun before a name is its owner there, so only punctuation makes the name a command.
  if (/^[\u0400-\u04ff\u0600-\u06ff]/.test(word)) return "mention";
  return isObject(before, skip(after, POLITE)) ? "mention" : "use";
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
  if (isFollowedByVerb(after, sentence.after, isQuestion(sentence.end)) || isTopic(before, after, sentence))
    return "mention";
  if (before.every((token) => /^\d+$/.test(token))) return judgeLeading(sentence, tokens(earlier), mark, after);
  return judgeGoverned(before, after, sentence);
}
