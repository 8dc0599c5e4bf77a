import { z } from "zod";
import { OhmymktError } from "../errors.ts";
import { defineDocument } from "./documents.ts";
import { named, oneLine, ResearchLines, ResearchName, ResearchText, sameName } from "./research.ts";

// JavaScript gives these two keys of an object a meaning of their own, so they cannot name an entry.
const Key = ResearchName.refine(
  (name) => name !== "__proto__" && name !== "constructor",
  'expected a name other than "__proto__" and "constructor"',
);
const Points = z.number().min(0).max(10);

/** What a call may state about an angle; `score` is criterion → 0 to 10, and adds to the criteria that are there. */
export const AngleInput = z
  .strictObject({
    statement: ResearchText,
    headline: ResearchText,
    proof_points: ResearchLines,
    risks: ResearchLines,
    score: z.record(Key, Points),
    selected: z.boolean(),
    rationale: ResearchText,
  })
  .partial();
export type AngleInput = z.infer<typeof AngleInput>;
export const AngleName = Key;

const Angle = z.strictObject({
  statement: ResearchText.optional(),
  headline: ResearchText.optional(),
  proof_points: ResearchLines,
  risks: ResearchLines,
  score: z.record(Key, Points),
  selected: z.boolean(),
  rationale: ResearchText.optional(),
  updated_at: z.iso.datetime(),
  updated_by: z.string(),
});
type Angle = z.infer<typeof Angle>;

/** positioning.json: the angles by name; once one was selected, exactly one is, and it says why. */
export const Positioning = z
  .strictObject({ schema_version: z.literal(1), angles: z.record(Key, Angle) })
  .superRefine(({ angles }, context) => {
    const selected = Object.entries(angles).filter(([, angle]) => angle.selected);
    if (selected.length > 1) {
      context.addIssue({
        code: "custom",
        path: ["angles"],
        message: `expected one selected angle, got ${selected.map(([name]) => name).join(", ")}`,
      });
    }
    for (const [name, angle] of selected) {
      if (angle.rationale === undefined)
        context.addIssue({ code: "custom", path: ["angles", name], message: "a selected angle needs a rationale" });
    }
  });
export type Positioning = z.infer<typeof Positioning>;

export const POSITIONING_DOCUMENT = defineDocument({
  name: "positioning",
  path: "research/positioning.json",
  schema: Positioning,
});

/** The name of the selected angle. */
export function selectedAngle(positioning: Positioning | undefined): string | undefined {
  return Object.entries(positioning?.angles ?? {}).find(([, angle]) => angle.selected)?.[0];
}

/** The name of the angle that a call means, without regard to case and width. */
export function knownAngle(positioning: Positioning | undefined, name: string): string | undefined {
  const names = Object.keys(positioning?.angles ?? {});
  return names.includes(name) ? name : names.find((other) => sameName(other, name));
}

/** The document with this angle saved: what the call leaves out is kept, selecting it deselects the other. Throws when the selection would not hold. */
export function saveAngle(
  before: Positioning | undefined,
  stated: string,
  input: AngleInput,
  write: { at: string; by: string },
): Positioning {
  const known = knownAngle(before, stated);
  const old = known === undefined ? undefined : before?.angles[known];
  const name = known ?? stated;
  const angle: Angle = {
    proof_points: [],
    risks: [],
    selected: false,
    ...old,
    ...named(input),
    score: { ...old?.score, ...input.score },
    updated_at: write.at,
    updated_by: write.by,
  };
  checkAngle(name, angle, old);
  const others = Object.entries(before?.angles ?? {}).filter(([other]) => other !== name);
  const kept = others.map(([other, value]): [string, Angle] => [
    other,
    angle.selected ? { ...value, selected: false } : value,
  ]);
  return { schema_version: 1, angles: Object.fromEntries([...kept, [name, angle]]) };
}

function checkAngle(name: string, angle: Angle, old: Angle | undefined): void {
  const quoted = JSON.stringify(name);
  if (angle.statement === undefined && angle.headline === undefined) {
    throw new OhmymktError("invalid_arguments", `angle ${quoted} expected a statement or a headline, got neither`, {
      hint: "repeat the call with one of them",
    });
  }
  if (old?.selected && !angle.selected) {
    throw new OhmymktError(
      "invalid_transition",
      `${quoted} is the only selected angle; deselecting it would leave none`,
      {
        hint: "select another angle instead; this one is deselected by that",
      },
    );
  }
  if (angle.selected && angle.rationale === undefined) {
    throw new OhmymktError("invalid_arguments", `selecting ${quoted} expected a rationale, got none`, {
      hint: "repeat the call with rationale: why this angle and not the others",
    });
  }
}

/** An angle as it is ranked: the sum of its points, and over how many criteria. */
export interface RankedAngle extends Angle {
  name: string;
  total: number;
  criteria: number;
}

/** Every angle with its total (rounded to hundredths): the selected one first, then by falling total. */
export function rankAngles(positioning: Positioning | undefined): RankedAngle[] {
  return Object.entries(positioning?.angles ?? {})
    .map(([name, angle]) => {
      const points = Object.values(angle.score);
      return {
        ...angle,
        name,
        total: Math.round(points.reduce((sum, each) => sum + each, 0) * 100) / 100,
        criteria: points.length,
      };
    })
    .toSorted((a, b) => Number(b.selected) - Number(a.selected) || b.total - a.total);
}

/** One line on the selection, and one on the angles that scored higher and were not selected. */
export function selectionLines(angles: readonly RankedAngle[]): string[] {
  const selected = angles.find((angle) => angle.selected);
  if (!selected) return [angles.length > 0 ? "No angle is selected yet." : "There is no positioning angle yet."];
  const better = angles
    .filter((angle) => angle.total > selected.total)
    .map((angle) => `${oneLine(angle.name)} (${angle.total})`);
  return [
    `Selected: ${oneLine(selected.name)} (${selected.total})`,
    ...(better.length > 0 ? [`Scored higher, not selected: ${better.join(", ")}`] : []),
  ];
}

/** An angle as Markdown lines with only what is known. */
export function angleLines(angle: RankedAngle): string[] {
  const line = (label: string, text: string | undefined): string[] => (text ? [`- ${label}: ${oneLine(text)}`] : []);
  const points = Object.entries(angle.score).map(([criterion, value]) => `${oneLine(criterion)} ${value}`);
  return [
    `## ${angleTitle(angle)}`,
    ...line("Statement", angle.statement),
    ...line("Headline", angle.headline),
    ...line("Proof", angle.proof_points.join("; ")),
    ...line("Risks", angle.risks.join("; ")),
    ...line("Score", points.join(", ")),
    ...line("Rationale", angle.rationale),
  ];
}

/** An angle on one line: name, whether it is selected, and its total. */
export function angleTitle(angle: RankedAngle): string {
  const total = angle.criteria > 0 ? `total ${angle.total} of ${angle.criteria * 10}` : "not scored";
  return `${oneLine(angle.name)}${angle.selected ? " (selected)" : ""}, ${total}`;
}
