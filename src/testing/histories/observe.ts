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
interface Incident {
  severity: string;
  status: string;
  postmortem?: unknown;
}

const REQUIRED = ["owner", "due_date", "kpi_impact", "rollback_condition"];

/** What stands on disk and in the database now, in the oracle's words. */
export async function observe(project: Project): Promise<Record<string, unknown>> {
  const execution = project.json<Execution>("state/execution.json");
  const scale = Object.values(project.json<Modules>("state/modules.json")?.acceleration_core ?? {});
  const board = project.json<{ items: Record<string, unknown>[] }>("state/sprint-board.json");
  const kept = await project.look(async (tx) => ({ observations: (await tx.observations.list({})).length, tasks: await tx.tasks.list() }));
  const remediation = kept.tasks.filter((task) => task.type === "remediation").map((task) => task.id.replace(/^remediate-[a-z]+-\d+-\d+-/, ""));
  return {
    campaign: execution?.state ?? "none",
    plan: execution?.plan ?? null,
    tracks: execution?.tracks.visibility === "active" && execution.tracks.quality === "active",
    boulder: project.json<{ active_plan: string | null }>("boulder.json")?.active_plan ?? null,
    scale_paused: scale.length > 0 && scale.every((module) => module.status === "paused"),
    cycles: (project.json<{ cycles: CycleRow[] }>("state/cycles.json")?.cycles ?? []).map(
      (row) => `${row.cadence} ${row.decision} ${row.actions.map((action) => action.status).join(",")}`,
    ),
    observations: kept.observations,
    board: board?.items.map((item) => REQUIRED.filter((field) => !item[field]).toSorted().join(",")).filter(Boolean) ?? null,
    incidents: project.incidents.map((id) => incident(project, id)),
    strays: Array.from({ length: project.strays }, (_, index) => project.has(`incidents/stray-${index + 1}.json`)).filter(Boolean).length,
    recovery_tasks: kept.tasks.filter((task) => task.type === "incident").length,
    prevention_tasks: kept.tasks.filter((task) => task.type === "prevention").length,
    ...(new Set(remediation).size < remediation.length ? { remediation_twice: remediation } : {}),
  };
}

function incident(project: Project, id: string): string {
  if (project.sound.has(`incidents/${id}.json`)) return "unreadable";
  const found = project.json<Incident>(`incidents/${id}.json`);
  return found ? `${found.severity} ${found.status}${found.postmortem ? " postmortem" : ""}` : "gone";
}
