import { z } from "zod";
import { actorLabel } from "../../lib/actor.ts";
import {
  battlecardLines,
  changedMembers,
  COMPETITORS,
  mergeProfile,
  profileGaps,
  profileLines,
  ProfileInput,
  type Competitor,
  type OurAngle,
} from "../../lib/competitors.ts";
import { POSITIONING_DOCUMENT, rankAngles } from "../../lib/positioning.ts";
import {
  entryProblems,
  entryToWrite,
  findEntry,
  fitLines,
  listText,
  oneLine,
  UNCONFIRMED,
  type EntryProblem,
} from "../../lib/research.ts";
import type { Revision } from "../../store/store.ts";
import { defineTool } from "./define.ts";
import { hidden } from "./lean-schema.ts";

const WHAT = "competitor profile";

interface CompetitorSummary {
  id: string;
  name: string;
  updated_at: string;
  gaps: string[];
}

interface Shown {
  path: string;
  profile: Competitor;
  gaps: string[];
  confirmed: boolean;
}

type ProfileResult =
  | (Shown & { action: "save"; changed: string[] })
  | (Shown & { action: "read" })
  | (Shown & { action: "battlecard"; angle: OurAngle | undefined })
  | { action: "list"; competitors: CompetitorSummary[]; unreadable: EntryProblem[] };

/** Told to a model in the summary, one word each: six schemas of a list of texts would cost more than all the rest. */
const {
  url,
  positioning,
  pricing,
  target_audience,
  strengths,
  weaknesses,
  features,
  differentiators,
  threats,
  opportunities,
} = ProfileInput.shape;
const FIELDS = {
  url: hidden(url),
  positioning: hidden(positioning),
  pricing: hidden(pricing),
  target_audience: hidden(target_audience),
  strengths: hidden(strengths),
  weaknesses: hidden(weaknesses),
  features: hidden(features),
  differentiators: hidden(differentiators),
  threats: hidden(threats),
  opportunities: hidden(opportunities),
};

export const competitorProfile = defineTool({
  name: "ohmymkt_competitor_profile",
  summary:
    "Competitor profiles; save merges. Also url, positioning, pricing, target_audience; lists: strengths, weaknesses, features, differentiators, threats, opportunities.",
  args: {
    action: z.enum(["save", "read", "list", "battlecard"]),
    id: hidden(z.string().optional()),
    ...ProfileInput.shape,
    ...FIELDS,
  },
  async run({ action, id, ...stated }, context): Promise<ProfileResult> {
    return context.transact(async (tx) => {
      const { readable, unreadable } = await tx.documents.list(COMPETITORS);
      if (action === "list")
        return { action, competitors: readable.map(summarise), unreadable: entryProblems(unreadable) };
      const entries = readable.map((each) => ({ ...each, name: each.value.name }));
      const asked = { id, name: stated.name };
      if (action === "save") {
        const { id: key, before } = entryToWrite(asked, entries, WHAT, unreadable);
        const profile = mergeProfile(before?.value, stated, { id: key, at: tx.now, by: actorLabel(context.actor) });
        return {
          action,
          ...shown(await tx.documents.write(COMPETITORS.at(key), profile)),
          changed: changedMembers(before?.value, profile),
        };
      }
      const found = shown(findEntry(asked, entries, WHAT, unreadable));
      if (action === "read") return { action, ...found };
      const [first] = rankAngles(await tx.documents.read(POSITIONING_DOCUMENT));
      return { action, ...found, angle: first?.selected ? first : undefined };
    });
  },
  render(result) {
    if (result.action === "list") return renderList(result.competitors, result.unreadable);
    const { action, profile, path, gaps } = result;
    if (action === "save") {
      const changed = result.changed.length > 0 ? `changed ${result.changed.join(", ")}` : "nothing changed";
      return `Saved profile ${profile.id} in ${path}: ${changed}. Not researched: ${gaps.join(", ") || "nothing"}.`;
    }
    const lines = action === "read" ? profileLines(profile) : battlecardLines(profile, result.angle);
    return fitLines([...lines, ...(result.confirmed ? [] : [UNCONFIRMED])], path);
  },
});

function shown(found: Revision<Competitor>): Shown {
  return {
    path: `.ohmymkt/${found.path}`,
    profile: found.value,
    gaps: profileGaps(found.value),
    confirmed: found.origin === "ours",
  };
}

function summarise({ id, value }: Revision<Competitor>): CompetitorSummary {
  return { id, name: value.name, updated_at: value.updated_at, gaps: profileGaps(value) };
}

function renderList(competitors: readonly CompetitorSummary[], unreadable: readonly EntryProblem[]): string {
  const lines = competitors.map(
    ({ id, name, updated_at, gaps }) =>
      `${id}: ${oneLine(name, 120)}, ${updated_at.slice(0, 10)}, not researched: ${gaps.join(", ") || "nothing"}`,
  );
  return listText(lines, unreadable, {
    none: "There is no competitor profile yet.",
    where: ".ohmymkt/research/competitors/",
  });
}
