import * as lexicon from "./lexicon.ts";

const words = (text: string): ReadonlySet<string> => new Set(text.split(/\s+/));

/** Adverbs that stand between a subject and its verb. */
const ADVERBS = words(
  "just again today yesterday now meanwhile heute gestern gerade hoy ayer hoje ontem oggi ieri сегодня вчера اليوم أمس also always never still only really already often sometimes usually suddenly actually currently apparently basically simply even probably maybe ever auch immer wirklich schon encore toujours vraiment siempre ya también todavía sempre já ainda também già anche ancora всё все ещё еще уже опять снова ничего никак больше всегда сейчас тоже вообще почему-то",
);
const OFTEN = /^(?:always|never|still|often|sometimes|usually|suddenly|currently|apparently|really|already)$/;
const AUXILIARIES = words(
  "is isn't was wasn't are aren't were does doesn't did didn't has hasn't had hadn't will won't would wouldn't should shouldn't can can't cannot could couldn't might must may isnt doesnt didnt wasnt cant wont",
);
const ENGLISH_PAST = words(
  "ran broke went gave took made found wrote kept got came burnt felt saved spent lost hung said told sent stuck forgot ate became began drew fell flew held knew left paid spoke stood stole overwrote rewrote swallowed taught thought threw understood woke won blew worked",
);
const ENGLISH_PRESENT = words(
  "works ends runs costs fails crashes stops starts sucks rocks keeps seems looks sounds feels needs helps exists comes goes hangs means makes takes gives gets uses eats burns wins loses happens appears depends stands ignores triggers breaks tends wants refers belongs remains stays behaves",
);
/** After a verb in -s or -ed comes an object or an adverb; after a noun in -s or an adjective in -ed comes neither. */
const AFTER_PRESENT = words(
  "the a an any my our your his her its their me us you it them everything nothing something anything too very twice well fine much way great",
);
const AFTER_PAST = words(
  [
    ...AFTER_PRESENT,
    "is are was were all no not and but or because when while after before again yesterday today overnight halfway in on at by with for to from as out up off over correctly wrong badly three two half successfully last this that",
  ].join(" "),
);
const BARE_ED = words("based need feed embed speed seed breed bed red");
const GERMAN = words(
  "der das den dem des und nicht nichts für ist ein eine einen mit wir ich uns unser unsere zu auf im bei sehr immer noch schon nur mir mich es aber wieder oft alles zwar sich zum am dabei leider gut besser viel mehr",
);
const GERMAN_VERBS = words(
  "ist sind war hat hatte kann konnte könnte wird wurde würde soll sollte muss musste darf will wollte läuft lief ging geht gab gibt kam kommt hing brachte machte lieferte funktionierte brauchte dauerte kostete scheiterte klappte klappt half hilft kostet funktioniert bedeutet bringt dauert heißt nervt scheint klingt bleibt steht liegt passt spinnt hängt lohnt gefällt spart reicht fehlt tut",
);
const GERMAN_NOT_VERBS = words(
  "mit jetzt fast statt erst seit selbst nicht sonst bitte sofort heut zeit damit somit zuerst zunächst direkt komplett test debt doubt zuletzt leicht recht echt schlecht dicht acht",
);
const FRENCH = words(
  "est était sera serait avait aura fait faisait peut pouvait doit devrait coûte coûtait fonctionne fonctionnait marche marchait sert permet semble reste met prend prenait plante bugge signifie veut m'a consomme dépense tournait dure écrit a ont",
);
const SPANISH = words(
  "es está era estaba fue ha había puede podía debe tiene tenía funciona funcionaba cuesta costó falla falló parece sirve significa necesita tarda va iba hace hizo gasta consume suele dio quedó queda resulta",
);
const PORTUGUESE = words(
  "é está era estava foi tem tinha pode podia deve funciona funcionou custa custou falha falhou parece serve significa precisa demora vai ia fez gasta consome costuma deu ficou fica travou resulta",
);
const ITALIAN = words(
  "è era sta stava ha aveva può poteva deve funziona funzionava costa serve sembra significa consuma fallisce va resta",
);
const RUSSIAN_NOUNS = words(
  "аудит отчет отчёт бюджет пакет буклет канал материал журнал портал сайт контент профиль цикл файл стиль текст кредит визит маркет ассортимент комплект макет макеты сюжет совет ответ портрет результат интернет дашборд маркетинг проект скрипт рассылка статья воронка визуал ролл потенциал персонал сериал филиал",
);
const RUSSIAN_VERB =
  /(?:[аяеи]ет|[её]т|[иуюая]т|ется|ится|ются|ятся|утся|ал|ял|ил|ел|ула|ала|яла|ила|ело|ала|ало|ило|лся|лась|лось)$/u;
const RUSSIAN_OTHER = words(
  "это может мог должен должна был была было есть не завис зависло помог помогает умеет сломан отключен отключён выключен включен включён запущен занят пуст",
);
const ARABIC = words(
  "حذف كتب نشر طلب بدأ أنهى استهلك أضاف هو هي كان كانت ليس قد فشل توقف ساعدنا أنتج استغرق ممتاز سيئ بطيء معطل مكلف يبدو",
);
const OTHERS = words(
  "is was heeft had kan kon werkt werkte kost duurt betekent wordt werd moet zou jest był było ma może działa działał działało kosztuje är var har kan fungerar kostar çalışıyor çalışmıyor adalah",
);
/** Words that are verbs only in the company of other words of their language. */
const NEEDS_COMPANY = words("era met reste marche plante ha serve war tut kan had ma sta va dure");
const NEEDS_GERMAN = words("hat half passt tut darf hilft fehlt bringt");
/** Nobody orders too much of something. */
const EXCESS = words(
  "trop demasiado demasiada demasiados demasiadas muitos muitas troppo troppi troppe troppa zu слишком malos malas mauvais mauvaises pessimi ruins schlechte schlechten bad плохие",
);
const CLITICS = words("me nos se mi ci si nous vous te lo la le l m s n ne no n não non");
const PARTICIPLE = /é|^(?:fait|pris|mis|écrit|produit|perdu|rendu|eu|disparu|servi|fini|réussi|permis)$/;
const GERMAN_QUESTION = words(
  "macht machen ist sind kostet können kann sollen sollten soll müssen muss wir unser unsere der die das fehlt läuft tun bringt wäre hat haben",
);

const POSSESSIVE = /^(?:mein|dein|sein|unser|ihr|kein|dies|jed|all|viel|wenig)(?:e|en|em|er|es)$|^ge\p{L}+(?:t|en)$/u;
const INFINITIVE = /(?:are|ere|ire|rre)$/;

/** "no responde", "non risponde", "ne répond plus": indicative, while an order would be "no publiques", "non pubblicare", "ne publie rien". */
function isNegatedStatement(no: string, verb: string, length: number): boolean {
  if (no === "no")
    return (
      verb !== "" &&
      !/^(?:need|ads?|budget|fluff|jargon|more|paid|one|time)$/.test(verb) &&
      /^\p{L}{3,}(?:a|e|ó|ía|aba|ió)$/u.test(verb) &&
      !/(?:one|free|are|more|some|code|stage|image|price|page)$/.test(verb)
    );
  if (no === "non") return /[aeoò]$/.test(verb) && !INFINITIVE.test(verb);
  if (no === "não") return (length <= 2 && /(?:a|e|az|em)$/.test(verb)) || /^(?:faz|fez|está|tem|vai|quer)$/.test(verb);
  return (no === "ne" || no === "n") && (/[dt]$/.test(verb) || length <= 3) && /(?:[dte])$/.test(verb);
}

const isRomance = (verb: string): boolean =>
  FRENCH.has(verb) || SPANISH.has(verb) || PORTUGUESE.has(verb) || ITALIAN.has(verb);
const isPreterite = (verb: string): boolean => /^\p{L}{3,}(?:ó|ou|ía|eveu|rreu|ceu|deu|iu)$/u.test(verb);

/** "ulw can you …", "ulw is our pricing page …?": the question is about the work. */
function isAuxiliary(verb: string, next: string, question: boolean, possible: boolean): boolean {
  if (verb === "was" && GERMAN_QUESTION.has(next)) return false;
  if (verb === "may") return /^(?:be|not|have|cost|help|need)$/.test(next);
  if (verb === "is" && next === "it" && question) return !possible;
  if (!lexicon.INVERTED_SUBJECTS.has(next)) return true;
  return !/^(?:can|could|will|would|should)$/.test(verb) && !question;
}

function isEnglish(verb: string, next: string): boolean {
  if (ENGLISH_PAST.has(verb) || ENGLISH_PRESENT.has(verb)) return true;
  if (/^\p{L}{3,}ed$/u.test(verb))
    return (
      !BARE_ED.has(verb) &&
      !verb.endsWith("eed") &&
      (next === "" || AFTER_PAST.has(next) || /^\d/.test(next) || /(?:ly|ing)$/.test(next))
    );
  return /^[a-z]{2,}[a-rt-z]s$/.test(verb) && AFTER_PRESENT.has(next);
}

function isGerman(verb: string, raw: string, rest: readonly string[], question: boolean): boolean {
  const german = rest.slice(1).some((token) => GERMAN.has(token) || POSSESSIVE.test(token));
  if (verb === "war") return rest.length > 1 && !/^(?:room|rooms|chest|story|stories)$/.test(rest[1] ?? "");
  if (GERMAN_VERBS.has(verb))
    return (german || !NEEDS_GERMAN.has(verb)) && !(question && lexicon.INVERTED_SUBJECTS.has(rest[1] ?? ""));
  if (!/^\p{Ll}{2,}t$/u.test(raw) || GERMAN_NOT_VERBS.has(verb)) return false;
  return (/(?:bt|ckt|gt|hlt|tzt|cht|iert)$/.test(raw) && rest.length > 1) || raw.endsWith("iert") || german;
}

function isRomanceStatement(verb: string, next: string, rest: readonly string[], question: boolean): boolean {
  if (verb === "a" || verb === "ont")
    return rest
      .slice(1, 4)
      .some((token) => PARTICIPLE.test(token) && !/^(?:café|résumé|exposé|cliché|fiancé)$/.test(token));
  if (verb === "m" || (verb === "me" && /^\p{L}{3,}[aó]$/u.test(next))) return true;
  if (verb === "mi" && next.startsWith("serv")) return false;
  if (next.endsWith("ndo") && /^(?:sigue|continúa|continua|anda)$/.test(verb)) return true;
  if (verb === "pode" && question) return false;
  if (verb === "es" && /^(?:soll|muss|geht|gibt|ist|wird|braucht)$/.test(next)) return false;
  if (isRomance(verb)) return rest.length > 1 || !NEEDS_COMPANY.has(verb);
  if (verb === "s" || EXCESS.has(verb) || rest.slice(1, 3).some((token) => EXCESS.has(token))) return true;
  if (verb === "se" && /(?:[^r]a|e)$/.test(next) && !/^(?:possibile|serve|possible)$/.test(next)) return true;
  if (verb === "si" && next.endsWith("a") && !/^(?:hace|haga|falta|la)$/.test(next)) return true;
  if (verb === "para" && next === "depois") return true;
  if (isNegatedStatement(verb, next, rest.length)) return true;
  if (CLITICS.has(verb))
    return (
      (isRomance(next) || isPreterite(next)) &&
      (next !== "a" || rest.slice(2, 5).some((token) => PARTICIPLE.test(token)))
    );
  return isPreterite(verb);
}

function isRussian(verb: string, next: string): boolean {
  if (verb === "не") return RUSSIAN_VERB.test(next) || RUSSIAN_OTHER.has(next);
  if (verb.endsWith("о") && RUSSIAN_VERB.test(next)) return true;
  if (next === "" && /(?:ый|ий)$/.test(verb)) return true;
  if (EXCESS.has(verb)) return true;
  return RUSSIAN_OTHER.has(verb) || (RUSSIAN_VERB.test(verb) && !RUSSIAN_NOUNS.has(verb));
}

function isArabic(verb: string, next: string): boolean {
  if (verb === "لا" || verb === "لم" || verb === "لن") return next.startsWith("ي");
  if (verb.endsWith("ى") && verb.length > 3) return true;
  return ARABIC.has(verb) || (/^ي[\u0621-\u064a]{2,}$/.test(verb) && !/^(?:يونيو|يوليو|يناير)$/.test(verb));
}

/** Whether the words after the keyword make it the subject of a statement; `raw` is the same stretch as typed. */
export function isFollowedByVerb(after: readonly string[], raw: string, question: boolean): boolean {
  let index = 0;
  while (index < after.length && (lexicon.MODE_NOUNS.has(after[index] ?? "") || ADVERBS.has(after[index] ?? "")))
    index += 1;
  const rest = after.slice(index);
  if (OFTEN.test(after[index - 1] ?? "") && /^[a-z]{2,}[a-rt-z]s$/.test(rest[0] ?? "")) return true;
  const [verb = "", next = ""] = rest;
  if (verb === "") return false;
  if (AUXILIARIES.has(verb)) return isAuxiliary(verb, next, question, rest[2] === "possible");
  if (/^[\u0430-\u044f\u0451]/.test(verb)) return isRussian(verb, next);
  if (/^[\u0621-\u064a]/.test(verb)) return isArabic(verb, next);
  const at = raw.toLowerCase().indexOf(verb);
  const typed = at === -1 ? verb : raw.slice(at, at + verb.length);
  const other = OTHERS.has(verb) && (rest.length > 1 || !NEEDS_COMPANY.has(verb));
  return (
    other ||
    isEnglish(verb, next) ||
    isGerman(verb, typed, rest, question) ||
    isRomanceStatement(verb, next, rest, question)
  );
}
