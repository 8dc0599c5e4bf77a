import { z } from "zod";
import { actorLabel } from "../../lib/actor.ts";
import {
  BriefInput,
  briefLines,
  BRIEFS,
  entryProblems,
  entryToWrite,
  findEntry,
  fitLines,
  listText,
  oneLine,
  reviseBrief,
  UNCONFIRMED,
  type Brief,
  type EntryProblem,
} from "../../lib/research.ts";
import type { Revision } from "../../store/store.ts";
import { defineTool } from "./define.ts";
import { hidden, outlined } from "./lean-schema.ts";

const FINDING = "{source, finding, relevance, action, category?, confidence?}";
const WHAT = "research brief";

interface BriefSummary {
  id: string;
  title: string;
  revision: number;
  updated_at: string;
  findings: number;
  gaps: number;
}

type BriefResult =
  | { action: "create" | "read"; path: string; brief: Brief; confirmed: boolean }
  | { action: "list"; briefs: BriefSummary[]; unreadable: EntryProblem[] };

export const researchBrief = defineTool({
  name: "ohmymkt_research_brief",
  summary: "Research briefs; creating an existing one revises it. Also lists: objectives, competitors, gaps.",
  args: {
    action: z.enum(["create", "read", "list"]),
    id: z.string().optional(),
    ...BriefInput.shape,
    objectives: hidden(BriefInput.shape.objectives),
    competitors: hidden(BriefInput.shape.competitors),
    gaps: hidden(BriefInput.shape.gaps),
    findings: outlined(BriefInput.shape.findings, FINDING),
  },
  async run({ action, id, ...stated }, context): Promise<BriefResult> {
    return context.transact(async (tx) => {
      const { readable, unreadable } = await tx.documents.list(BRIEFS);
      if (action === "list")
        return {
          action,
          briefs: readable.map(summarise).toSorted((a, b) => (a.updated_at < b.updated_at ? 1 : -1)),
          unreadable: entryProblems(unreadable),
        };
      const entries = readable.map((each) => ({ ...each, name: each.value.title }));
      const asked = { id, name: stated.title };
      if (action === "read") return { action, ...shown(findEntry(asked, entries, WHAT, unreadable)) };
      const { id: key, before } = entryToWrite(asked, entries, WHAT, unreadable);
      const brief = reviseBrief(before?.value, stated, { id: key, at: tx.now, by: actorLabel(context.actor) });
      return {
        action,
        ...shown(await tx.documents.write(BRIEFS.at(key), brief, { reason: `revision ${brief.revision}` })),
      };
    });
  },
  render(result) {
    if (result.action === "list") return renderList(result.briefs, result.unreadable);
    const { brief, path } = result;
    if (result.action === "read")
      return fitLines([...briefLines(brief), ...(result.confirmed ? [] : [UNCONFIRMED])], path);
    return `Saved brief ${brief.id}, revision ${brief.revision}, in ${path}; findings: ${brief.findings.length}, gaps: ${brief.gaps.length}.`;
  },
});

function shown(found: Revision<Brief>): { path: string; brief: Brief; confirmed: boolean } {
  return { path: `.ohmymkt/${found.path}`, brief: found.value, confirmed: found.origin === "ours" };
}

function summarise({ id, value }: Revision<Brief>): BriefSummary {
  const updated_at = value.revisions.at(-1)?.at ?? "";
  return {
    id,
    title: value.title,
    revision: value.revision,
    updated_at,
    findings: value.findings.length,
    gaps: value.gaps.length,
  };
}

function renderList(briefs: readonly BriefSummary[], unreadable: readonly EntryProblem[]): string {
  const lines = briefs.map(
    (brief) =>
      `${brief.id}: ${oneLine(brief.title, 120)}, revision ${brief.revision} of ${brief.updated_at.slice(0, 10)}, findings: ${brief.findings}, gaps: ${brief.gaps}`,
  );
  return listText(lines, unreadable, { none: "There is no research brief yet.", where: ".ohmymkt/research/briefs/" });
}
