import { z } from "zod";
import { OhmymktError } from "../errors.ts";
import { canonicalJson } from "./canonical.ts";
import { defineCollection } from "./documents.ts";
import { assertId } from "./names.ts";
import { named, oneLine, ResearchLines, ResearchName, ResearchText, section } from "./research.ts";

const HttpUrl = z
  .string()
  .trim()
  .max(2000)
  .refine(
    isHttpUrl,
    "expected an http or https address without a user name or password, such as https://example.com/pricing",
  );

function isHttpUrl(text: string): boolean {
  if (/[\s\p{Cc}]/u.test(text) || !URL.canParse(text)) return false;
  const url = new URL(text);
  return /^https?:\/\//i.test(text) && url.hostname !== "" && url.username === "" && url.password === "";
}

/** What a call may state about a competitor; `differentiators` set them apart, `threats` and `opportunities` are ours. */
export const ProfileInput = z
  .strictObject({
    name: ResearchName,
    url: HttpUrl,
    positioning: ResearchText,
    pricing: ResearchText,
    strengths: ResearchLines,
    weaknesses: ResearchLines,
    features: ResearchLines,
    target_audience: ResearchText,
    differentiators: ResearchLines,
    threats: ResearchLines,
    opportunities: ResearchLines,
  })
  .partial();
export type ProfileInput = z.infer<typeof ProfileInput>;

/** A competitor as far as it was researched; a member that is missing was not. */
export const Competitor = z.strictObject({
  schema_version: z.literal(1),
  id: z.string(),
  ...ProfileInput.shape,
  name: ResearchName,
  created_at: z.iso.datetime(),
  updated_at: z.iso.datetime(),
  updated_by: z.string(),
});
export type Competitor = z.infer<typeof Competitor>;

export const COMPETITORS = defineCollection({
  name: "competitor profile",
  folder: "research/competitors",
  schema: Competitor,
  checkId: (id) => assertId(id, "competitor profile"),
});

const FACTS = ["url", "positioning", "pricing", "target_audience"] as const;
const LISTS = ["strengths", "weaknesses", "features", "differentiators", "threats", "opportunities"] as const;

/** The profile with what the call names, the rest as it was; throws `invalid_arguments` when a new one has no name. */
export function mergeProfile(
  before: Competitor | undefined,
  input: ProfileInput,
  write: { id: string; at: string; by: string },
): Competitor {
  const name = input.name ?? before?.name;
  if (name === undefined) {
    throw new OhmymktError("invalid_arguments", "a new competitor profile needs a name, got none", {
      hint: 'repeat the call with name: "…"',
    });
  }
  return {
    ...before,
    ...named(input),
    schema_version: 1,
    id: write.id,
    name,
    created_at: before?.created_at ?? write.at,
    updated_at: write.at,
    updated_by: write.by,
  };
}

/** The names of the members that differ between two states of a profile, times and authors aside. */
export function changedMembers(before: Competitor | undefined, after: Competitor): string[] {
  return (["name", ...FACTS, ...LISTS] as const).filter(
    (key) => canonicalJson(before?.[key] ?? null) !== canonicalJson(after[key] ?? null),
  );
}

/** The members that nobody researched yet; an empty list counts as not researched. */
export function profileGaps(profile: Competitor): string[] {
  return [
    ...FACTS.filter((key) => profile[key] === undefined),
    ...LISTS.filter((key) => (profile[key] ?? []).length === 0),
  ];
}

/** A profile as Markdown lines with only what is known, and the gaps last. */
export function profileLines(profile: Competitor): string[] {
  const gaps = profileGaps(profile);
  return [
    `# ${oneLine(profile.name)}`,
    `Profile ${profile.id}, ${profile.updated_at.slice(0, 10)} by ${profile.updated_by}`,
    ...FACTS.flatMap((key) => (profile[key] === undefined ? [] : [`- ${words(key)}: ${oneLine(profile[key])}`])),
    ...LISTS.flatMap((key) => (profile[key]?.length ? section(words(key), profile[key]) : [])),
    ...(gaps.length > 0 ? [`Not researched: ${gaps.map(words).join(", ")}`] : []),
  ];
}

/** What we answer with: the selected positioning angle. */
export interface OurAngle {
  name: string;
  statement?: string | undefined;
  headline?: string | undefined;
  proof_points: readonly string[];
}

const NOT_RESEARCHED = "not researched";

/** A battlecard as Markdown lines: only what profile and selected angle say; every gap reads "not researched". */
export function battlecardLines(profile: Competitor, ours: OurAngle | undefined): string[] {
  const list = (title: string, entries: readonly string[] | undefined): string[] =>
    section(title, entries ?? [], NOT_RESEARCHED);
  const fact = (label: string, text: string | undefined): string =>
    `- ${label}: ${text === undefined ? NOT_RESEARCHED : oneLine(text)}`;
  return [
    `# Battlecard: ${oneLine(profile.name)}`,
    `As of ${profile.updated_at.slice(0, 10)}, profile ${profile.id}, ${profile.url ?? `address ${NOT_RESEARCHED}`}`,
    "## Position",
    fact("They say", profile.positioning),
    fact("For", profile.target_audience),
    fact("Price", profile.pricing),
    ...list("What they offer", profile.features),
    ...list("Strengths", profile.strengths),
    ...list("Weaknesses", profile.weaknesses),
    ...list("Where we win", profile.opportunities),
    ...list("Where we lose", [...(profile.differentiators ?? []), ...(profile.threats ?? [])]),
    "## How to answer",
    ...answerLines(ours),
    `Gaps: ${profileGaps(profile).map(words).join(", ") || "none"}`,
  ];
}

function answerLines(ours: OurAngle | undefined): string[] {
  if (!ours) return [`${NOT_RESEARCHED}: no positioning angle is selected (ohmymkt_save_positioning)`];
  const said = [ours.headline, ours.statement].filter((text) => text !== undefined);
  return [
    `- Our angle ${oneLine(ours.name)}: ${said.map((text) => oneLine(text)).join(" – ")}`,
    ...(ours.proof_points.length > 0
      ? ours.proof_points.map((point) => `- Proof: ${oneLine(point)}`)
      : [`- Proof: ${NOT_RESEARCHED}`]),
  ];
}

function words(key: string): string {
  return key.replaceAll("_", " ");
}
