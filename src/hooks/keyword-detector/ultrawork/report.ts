import * as lexicon from "./lexicon.ts";

const words = (text: string): ReadonlySet<string> => new Set(text.split(/\s+/));

const ENGLISH = words(
  "i we they he she people users someone you team boss colleague customers everyone everybody folks it nobody anyone somebody",
);
/** These subjects also carry plans in the present tense: "on passe en ulw", "wir machen das mit ulw". */
const PLANNERS = words("das on ich wir je nous yo nosotros eu nós io noi я мы أنا نحن");
const AUXILIARIES = words(
  "habe hab hat haben hatte hatten ho hai ha abbiamo hanno ai as a avons avez ont he has hemos han tenho temos tinha war waren wurde",
);
const PARTICIPLE =
  /^(?:(?:ge|aus|an|auf|ein|ab|be|ver|er)\p{L}{2,}(?:t|en)|\p{L}+iert|\p{L}{2,}(?:ato|uto|ito|ata|é|ée|és|ado|ido)|fait|pris|mis|hecho|feito|fatto)$/u;
const PAST =
  /^(?:\p{L}{2,}(?:ó|ou|aron|ieron|aram)|usé|usei|testei|lancei|fizemos|probé|lancé|hice|hicimos|fiz|fizemos|usamos|probamos|testamos|[а-яё]{3,}(?:л|ла|ли|лся|лась|лись)|استخدمت|استخدمنا|جربت|جربنا|أطلقنا|أطلقت|استعملت|استعملنا)$/u;
const PAST_ENGLISH =
  /^(?:\p{L}{2,}(?<!e)ed|wrote|made|built|ran|did|got|had|gave|went|began|sent|saw|said|tried|found|left|spent|put)$/u;
const HEADLESS = /^(?:\p{L}{3,}(?<!e)ed|built|made|written|done|generated|used|tried|typed|tested)$/u;
const WHEN = words(
  "yesterday yesterday's last gestern letzte letzten letztes vorgestern neulich ayer anoche ontem ieri вчера недавно أمس",
);
const HABITS = words(
  "always usually often never sometimes normally mostly immer meistens oft normalerweise toujours souvent siempre sempre всегда обычно часто دائما",
);

type Governor = { word: string; index: number; puts: boolean; wish: boolean };

function isPerfect(before: readonly string[], after: readonly string[]): boolean {
  const at = before.findIndex((token) => AUXILIARIES.has(token));
  if (at === -1) return false;
  return [...before.slice(at + 1), ...after].some((token) => PARTICIPLE.test(token));
}

/** "fix the page that we built with ulw": a past event inside an order. */
function isPastInside(before: readonly string[]): boolean {
  return before.some(
    (token, index) => index > 0 && lexicon.SUBJECTS.has(token) && PAST_ENGLISH.test(before[index + 1] ?? ""),
  );
}

/** "I used ulw yesterday", "our agency runs everything in ulw mode", "when I type ulw": a report or a condition, not an order. */
export function isReport(before: readonly string[], after: readonly string[], { word, puts, wish }: Governor): boolean {
  const [spoken = "", second = ""] = before;
  const first = /^(?:i'm|(?:we|you|they)'re|(?:i|we|you|they)'ve|(?:he|she|it)'s)$/.test(spoken) ? "i" : spoken;
  if (isPerfect(before, after) || PAST.test(word)) return true;
  if (lexicon.SUBJECTS.has(first) && PAST_ENGLISH.test(word)) return true;
  if (isPastInside(before)) return true;
  if (first === "you" && /^(?:can|could|may|might)$/.test(second)) return false;
  if (wish) return false;
  if (WHEN.has(first) || before.slice(0, 3).some((token) => PAST.test(token))) return puts;
  if (lexicon.CONDITIONALS.has(first))
    return (
      (lexicon.SUBJECTS.has(second) || second.startsWith("you")) &&
      puts &&
      !/^(?:can|like|want|need|could)$/.test(before[2] ?? "")
    );
  if (HEADLESS.test(first)) return puts;
  if (!puts)
    return (
      (lexicon.SUBJECTS.has(first) || lexicon.DETERMINERS.has(first)) &&
      after.length === 0 &&
      before.some((token) => HABITS.has(token))
    );
  if (PLANNERS.has(first) && !before.some((token) => HABITS.has(token)))
    return !lexicon.PREPOSITIONS.has(word) && first !== "on";
  return ENGLISH.has(first) || lexicon.SUBJECTS.has(first) || lexicon.DETERMINERS.has(first);
}
