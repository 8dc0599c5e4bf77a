import { incidentFacts } from "../../features/governance/facts.ts";
import type { IncidentFact } from "../../lib/incidents.ts";
import type { CycleRow } from "./perform.ts";
import type { Project } from "./project.ts";

interface Execution {
  state: string;
  plan?: string;
  tracks: { visibility: string; quality: string };
}
interface Modules {
  acceleration_core: Record<string, { status: string }>;
}

const REQUIRED = ["owner", "due_date", "kpi_impact", "rollback_condition"];

/** What stands on disk and in the database now, in the oracle's words. */
export async function observe(project: Project): Promise<Record<string, unknown>> {
  const execution = project.json("state/execution.json") as Execution | undefined;
  const scale = Object.values((project.json("state/modules.json") as Modules | undefined)?.acceleration_core ?? {});
  const board = project.json("state/sprint-board.json") as { items: Record<string, unknown>[] } | undefined;
  const kept = await project.look(async (tx) => ({
    observations: (await tx.observations.list({})).length,
    tasks: await tx.tasks.list(),
    incidents: await incidentFacts(tx),
  }));
  const remediation = kept.tasks
    .filter((task) => task.type === "remediation")
    .map((task) => task.id.replace(/^remediate-[a-z]+-\d+-\d+-/, ""));
  return {
    campaign: execution?.state ?? "none",
    plan: execution?.plan ?? null,
    tracks: execution?.tracks.visibility === "active" && execution.tracks.quality === "active",
    boulder: (project.json("boulder.json") as { active_plan: string | null } | undefined)?.active_plan ?? null,
    scale_paused: scale.length > 0 && scale.every((module) => module.status === "paused"),
    cycles: ((project.json("state/cycles.json") as { cycles: CycleRow[] } | undefined)?.cycles ?? []).map(
      (row) => `${row.cadence} ${row.decision} ${row.actions.map((action) => action.status).join(",")}`,
    ),
    observations: kept.observations,
    board:
      board?.items
        .map((item) =>
          REQUIRED.filter((field) => !item[field])
            .toSorted()
            .join(","),
        )
        .filter(Boolean) ?? null,
    incidents: project.incidents.map((id) => incident(kept.incidents.find((fact) => fact.id === id))),
    strays: Array.from({ length: project.strays }, (_, index) =>
      project.has(`incidents/stray-${index + 1}.json`),
    ).filter(Boolean).length,
    recovery_tasks: kept.tasks.filter((task) => task.type === "incident").length,
    prevention_tasks: kept.tasks.filter((task) => task.type === "prevention").length,
    ...(new Set(remediation).size < remediation.length ? { remediation_twice: remediation } : {}),
  };
}

/** As the rules take it, which is not what a hand edit says of it. */
function incident(fact: IncidentFact | undefined): string {
  if (!fact || fact.unreadable) return "unreadable";
  return `${fact.severity} ${fact.status}${fact.postmortem ? " postmortem" : ""}`;
}
