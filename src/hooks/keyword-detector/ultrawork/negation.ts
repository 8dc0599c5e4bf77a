import * as lexicon from "./lexicon.ts";
import { tokens } from "./clause.ts";

const LONGEST_CHAIN = 12;
const PORTUGUESE = /^(?:manda|bota|vai|isso|uma|você|crie|rode|em|pra|faça|.*[ãõç].*)$/;
const SPANISH = /^(?:el|la|los|las|una|esto|este|esta|eso|nuestra|nuestro|mi)$/;
/** "kick off" starts what "turn off" ends, and "the end" is no order. */
const NOT_OFF_AFTER = /^(?:kick|set|take|the|a|this|each|every)$/;
/** "do not, under any circumstances, use ulw": the negator waits for its verb. */
const SUSPENDED =
  /(?:^|\s)(?:do not|don't|don’t|never|must not|should not|please not|bitte nicht|auf keinen fall|hört? auf)\s*[,(—–]/i;
const JOINS = /^(?:and|und|et|y|e|и|و|en)$/;

/** "no" is "in the" in Portuguese ("rode no ulw", "no modo ulw"). */
function isPortugueseIn(before: readonly string[], index: number): boolean {
  if (before[index] !== "no") return false;
  return (
    before[index + 1] === "modo" ||
    (index > 0 && index === before.length - 1 && before.some((token) => PORTUGUESE.test(token)))
  );
}

function isNegator(before: readonly string[], index: number): boolean {
  const word = before[index] ?? "";
  if (lexicon.NEGATOR_PAIRS[word]?.has(before[index + 1] ?? "") === true) return true;
  if (word === "not" && before[index - 1] === "why") return false;
  return lexicon.NEGATORS.has(word) && !isPortugueseIn(before, index);
}

/** Walks back from the keyword over words that carry no meaning of their own and looks for what governs them. */
function chainNegates(before: readonly string[]): boolean {
  let negated = false;
  let switchedOff = 0;
  for (let step = 1; step <= LONGEST_CHAIN && step <= before.length; step += 1) {
    const index = before.length - step;
    const word = before[index] ?? "";
    if (isNegator(before, index)) negated = true;
    else if (lexicon.OFF_VERBS.has(word) && before[index + 1] !== "uns" && !NOT_OFF_AFTER.test(before[index - 1] ?? ""))
      switchedOff += 1;
    else if (!lexicon.LIGHT.has(word)) break;
  }
  return negated !== (switchedOff % 2 === 1);
}

/** "don't build the funnel with ulw": the negated verb has an object of its own. */
function phraseNegates(before: readonly string[]): boolean {
  let index = before.length - 1;
  while (index >= 0 && (lexicon.DETERMINERS.has(before[index] ?? "") || lexicon.MODE_NOUNS.has(before[index] ?? "")))
    index -= 1;
  const governor = before[index] ?? "";
  if (!lexicon.PREPOSITIONS.has(governor) && governor !== "using" && governor !== "usando") return false;
  for (let back = index - 1; back >= 0 && index - back <= 10; back -= 1) {
    const word = before[back] ?? "";
    if (lexicon.BREAKS.has(word) || JOINS.test(word) || lexicon.REVERSERS.has(word)) return false;
    if (!lexicon.VERB_NEGATORS.has(word)) continue;
    if (word === "not") return back === 0 || /^(?:do|does|should|must|will|please)$/.test(before[back - 1] ?? "");
    if (word === "no") return before.some((token) => SPANISH.test(token));
    return !before.slice(back, index).some((token) => lexicon.REVERSERS.has(token));
  }
  return false;
}

/** True when the words before the keyword refuse it: `before` goes back to the start of its clause, `raw` to that of its sentence. */
export function isNegatedBefore(before: readonly string[], raw: string): boolean {
  return chainNegates(before) || phraseNegates(before) || SUSPENDED.test(raw);
}

const FILLERS = new Set(
  "wieder doch lieber erstmal mode modus modo режим stays stay is be bitte hier jetzt dafür dazu heute diesmal please here today now for this time task brauche brauchen brauchst will wollen möchte möchten ich wir das es du für diesen diese den dieses mal мне сейчас здесь пока para esto pour ça cette fois".split(
    " ",
  ),
);
const NEEDED = new Set(
  "needed required necessary allowed wanted please here now today thanks hace quiero queremos uses usar falta gracias grazie obrigado obrigada merci использовать используй используйте нужен надо нужно включай включать применяй запускай запускать требуется precisa serve necessario necesario ici maintenant cette this for required use".split(
    " ",
  ),
);
const PLAIN_NO = /^(?:not|no|non|não|nao|pas|nein|не|nie|niet|inte|never|نहीं|मत|नहीं)$/;
const FINAL_OFF = /^(?:aus|ab|off|out|weg|disabled|aside)$/;
const SWITCHES = /^(?:turn|switch|leave|keep|take|schalte|schalt|schalten|stell|stelle|mach|mache|lass|lasse|put|set)$/;
const ALWAYS_OFF =
  /^(?:kullanma\p{L}*|olmadan|istemiyorum|yok|gerekmiyor|deaktivieren|ausschalten|abschalten|weglassen|unnecessary|unerwünscht|verboten|isn't|बिना)$/u;
const BARE_REFUSAL = /^[\s:=–—-]*(?:no|nein|non|não|нет|off|disabled|false|لا|never|aus|nope)\s*$/i;

/** True when the words after the keyword refuse it: "ulw bitte nicht", "turn ulw off", "ulw: no". */
export function isNegatedAfter(before: readonly string[], after: readonly string[], raw: string): boolean {
  if (/^\s*[:=–—-]/.test(raw) && BARE_REFUSAL.test(raw) && tokens(raw).length === 1) return true;
  let index = 0;
  while (index < after.length && index < 6 && FILLERS.has(after[index] ?? "")) index += 1;
  const word = after[index] ?? "";
  const next = after[index + 1] ?? "";
  if (word === "nicht") return !/^(?:vergessen|nur|bloß|lange)$/.test(next);
  if (FINAL_OFF.test(word))
    return (
      before.some((token) => SWITCHES.test(token)) ||
      ((!/^(?:aus|ab)$/.test(word) || before.length === 0) &&
        after.slice(index + 1).every((token) => NEEDED.has(token)))
    );
  if (PLAIN_NO.test(word)) return next === "" || NEEDED.has(next);
  if (word === "के" && next === "बिना") return true;
  return ALWAYS_OFF.test(word) && (word !== "isn't" || NEEDED.has(next));
}
