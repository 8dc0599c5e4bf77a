import { z } from "zod";
import { OhmymktError } from "../errors.ts";
import { defineCollection } from "./documents.ts";
import { assertId, slug } from "./names.ts";

export const ResearchText = z.string().trim().min(1).max(4000);
export const ResearchName = z.string().trim().min(1).max(200);
export const ResearchLines = z.array(ResearchText).max(100);

/** One thing learnt: where it comes from, why it matters and what to do about it; `confidence` is in the researcher's words. */
const Finding = z.strictObject({
  source: ResearchText,
  finding: ResearchText,
  relevance: ResearchText,
  action: ResearchText,
  category: ResearchName.optional(),
  confidence: ResearchName.optional(),
});
type Finding = z.infer<typeof Finding>;

/** What a call may state about a brief; a revision keeps what it leaves out. */
export const BriefInput = z
  .strictObject({
    title: ResearchName,
    objectives: ResearchLines,
    competitors: ResearchLines,
    findings: z.array(Finding).max(200),
    gaps: ResearchLines,
  })
  .partial();
export type BriefInput = z.infer<typeof BriefInput>;

/** A research brief; `revisions` lists every revision with its time and author, the contents of earlier ones are in the ledger. */
export const Brief = z.strictObject({
  schema_version: z.literal(1),
  id: z.string(),
  ...BriefInput.required().shape,
  revision: z.int().positive(),
  revisions: z.array(z.strictObject({ revision: z.int().positive(), at: z.iso.datetime(), by: z.string() })).min(1),
});
export type Brief = z.infer<typeof Brief>;

export const BRIEFS = defineCollection({
  name: "research brief",
  folder: "research/briefs",
  schema: Brief,
  checkId: (id) => assertId(id, "research brief"),
});

/** The next revision of a brief, or its first when there is none before; throws `invalid_arguments` when the first has no title. */
export function reviseBrief(
  before: Brief | undefined,
  input: BriefInput,
  write: { id: string; at: string; by: string },
): Brief {
  const title = input.title ?? before?.title;
  if (title === undefined) {
    throw new OhmymktError("invalid_arguments", "a new research brief needs a title, got none", {
      hint: 'repeat the call with title: "…"',
    });
  }
  const revision = (before?.revision ?? 0) + 1;
  return {
    schema_version: 1,
    id: write.id,
    title,
    objectives: input.objectives ?? before?.objectives ?? [],
    competitors: input.competitors ?? before?.competitors ?? [],
    findings: input.findings ?? before?.findings ?? [],
    gaps: input.gaps ?? before?.gaps ?? [],
    revision,
    revisions: [...(before?.revisions ?? []), { revision, at: write.at, by: write.by }],
  };
}

/** A brief as Markdown lines, each on one line whatever its text holds. */
export function briefLines(brief: Brief): string[] {
  const last = brief.revisions.at(-1);
  const when = last ? `, ${last.at.slice(0, 10)} by ${last.by}` : "";
  return [
    `# ${oneLine(brief.title)}`,
    `Brief ${brief.id}, revision ${brief.revision}${when}`,
    ...section("Objectives", brief.objectives),
    ...section("Competitors", brief.competitors),
    ...section("Findings", brief.findings.map(findingLine)),
    ...section("Gaps", brief.gaps),
  ];
}

function findingLine(finding: Finding): string {
  const marks = [finding.category, finding.confidence && `confidence ${finding.confidence}`].filter(Boolean).join(", ");
  return `${finding.finding}${marks ? ` [${marks}]` : ""} Why: ${finding.relevance} Do: ${finding.action} Source: ${finding.source}`;
}

/** A heading with one bullet an entry; an empty list says `none`. */
export function section(title: string, entries: readonly string[], none = "none"): string[] {
  return [`## ${title}`, ...(entries.length > 0 ? entries.map((entry) => `- ${oneLine(entry)}`) : [none])];
}

/** Text on one line, so that it cannot open a heading or a list of its own; more than `limit` characters are cut with "…". */
export function oneLine(text: string, limit = 5000): string {
  const flat = text.replace(/[\s\p{Cc}]+/gu, " ").trim();
  const characters = Array.from(flat);
  return characters.length <= limit ? flat : `${characters.slice(0, limit - 1).join("")}…`;
}

/** Bytes of UTF-8 that a rendered result may have. */
export const RESULT_LIMIT = 7500;

/** Joins as many lines as fit into `RESULT_LIMIT`; what is left out is counted, with the place where all of it stands. */
export function fitLines(lines: readonly string[], where: string): string {
  const size = (text: string): number => new TextEncoder().encode(text).length;
  const kept: string[] = [];
  let room = RESULT_LIMIT - size(where) - 60;
  for (const line of lines) {
    const shown = size(line) > 3000 ? oneLine(line, 700) : line;
    if (size(shown) + 1 > room) break;
    room -= size(shown) + 1;
    kept.push(shown);
  }
  const left = lines.length - kept.length;
  return [...kept, ...(left > 0 ? [`… ${left} more ${left === 1 ? "line" : "lines"}; all of it: ${where}`] : [])].join(
    "\n",
  );
}

/** The last line of a document that was written by hand or came without its history. */
export const UNCONFIRMED = "Not written by a tool, so not confirmed.";

/** An entry that cannot be read, as a result shows it. */
export interface EntryProblem {
  id: string;
  problem: string;
}

export function entryProblems(unreadable: readonly UnreadableEntry[]): EntryProblem[] {
  return unreadable.map(({ id, error }) => ({ id, problem: error.message }));
}

/** A listing: one line an entry, the ones that cannot be read first and with why. */
export function listText(
  lines: readonly string[],
  unreadable: readonly EntryProblem[],
  text: { none: string; where: string },
): string {
  const broken = unreadable.map(({ id, problem }) => `- ${oneLine(id, 80)}: unreadable: ${oneLine(problem, 300)}`);
  const all = [...broken, ...lines.map((line) => `- ${line}`)];
  return all.length === 0 ? text.none : fitLines(all, text.where);
}

/** The members that a call names; what it leaves out is not there at all. */
export function named<T extends object>(input: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  const kept: { [K in keyof T]?: Exclude<T[K], undefined> } = { ...input };
  for (const key in kept) if (kept[key] === undefined) delete kept[key];
  return kept;
}

/** Something that is found by its id or, without regard to case and width, by its name. */
export interface Entry {
  id: string;
  name: string;
}

/** What a call says about the entry that it means. */
interface Asked {
  id?: string | undefined;
  name?: string | undefined;
}

export function sameName(a: string, b: string): boolean {
  const fold = (name: string): string => name.normalize("NFKC").replace(/\s+/g, " ").trim().toLowerCase();
  return fold(a) === fold(b);
}

/** Ids become file names, and some disks do not tell "Acme" from "acme". */
export function sameId(a: string, b: string): boolean {
  return a.toLowerCase() === b.toLowerCase();
}

/** The slug of a name, or with -2, -3 … behind it when something else has it already. */
export function freeId(name: string, taken: readonly { id: string }[], what: string): string {
  const base = slug(name);
  for (let count = 1; ; count += 1) {
    const id = count === 1 ? base : `${base}-${count}`;
    if (!taken.some((entry) => sameId(entry.id, id))) return assertId(id, what);
  }
}

/** An entry whose file cannot be read, and why. */
interface UnreadableEntry {
  id: string;
  error: OhmymktError;
}

/** The entry that a call means, if there is one. Throws `invalid_id`, `invalid_arguments`, `ambiguous`, or the error of the entry when it cannot be read. */
function lookUp<E extends Entry>(
  { id, name }: Asked,
  entries: readonly E[],
  what: string,
  unreadable: readonly UnreadableEntry[],
): E | undefined {
  if (id === undefined && name === undefined) {
    throw new OhmymktError("invalid_arguments", `expected the id or the name of a ${what}, got neither`, {
      hint: known(entries),
    });
  }
  const wanted = id === undefined ? undefined : assertId(id, what);
  const found = entries.filter((entry) =>
    wanted === undefined ? sameName(entry.name, name ?? "") : sameId(entry.id, wanted),
  );
  if (found.length > 1) {
    throw new OhmymktError(
      "ambiguous",
      `${JSON.stringify(id ?? name)} means more than one ${what}: ${found.map((entry) => entry.id).join(", ")}`,
      {
        hint: "repeat the call with one of these as id",
      },
    );
  }
  if (found[0]) return found[0];
  // Its name cannot be read either, so it stands for the name that its id would come from.
  const broken = unreadable.find((entry) => sameId(entry.id, wanted ?? slug(name ?? "")));
  if (broken) throw broken.error;
  return undefined;
}

/** The existing entry that a call means; throws as `lookUp` does, or `not_found` with the ids that there are. */
export function findEntry<E extends Entry>(
  asked: Asked,
  entries: readonly E[],
  what: string,
  unreadable: readonly UnreadableEntry[] = [],
): E {
  const found = lookUp(asked, entries, what, unreadable);
  if (found) return found;
  throw new OhmymktError("not_found", `there is no ${what} ${JSON.stringify(asked.id ?? asked.name)}`, {
    hint: known(entries),
  });
}

/** Where to write what a call means: the entry that exists, or for a new one the id it gives or a free one made from its name. */
export function entryToWrite<E extends Entry>(
  asked: Asked,
  entries: readonly E[],
  what: string,
  unreadable: readonly UnreadableEntry[],
): { id: string; before: E | undefined } {
  const before = lookUp(asked, entries, what, unreadable);
  return { id: before?.id ?? asked.id ?? freeId(asked.name ?? "", [...entries, ...unreadable], what), before };
}

function known(entries: readonly Entry[]): string {
  if (entries.length === 0) return "there is none yet";
  const more = entries.length > 20 ? ` and ${entries.length - 20} more` : "";
  return `the ids are ${entries
    .slice(0, 20)
    .map((entry) => entry.id)
    .join(", ")}${more}`;
}
