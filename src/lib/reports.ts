import type { Action } from "./actions.ts";
import type { CampaignState } from "./campaign.ts";
import type { CycleEntry } from "./cycle.ts";
import type { GateReport } from "./gate-report.ts";
import type { IncidentFact } from "./incidents.ts";
import type { Task, TaskStatus } from "./tasks.ts";
import type { Conflict, SignalReading } from "./trends.ts";

/** Everything that a growth report says; its Markdown is rendered from this and nothing else. */
export interface GrowthReport {
  at: string;
  window: { text: string; from: string; to: string };
  /** `partial` while a required task is not completed. */
  status: "complete" | "partial";
  open_required: { id: string; status: TaskStatus | "unknown"; title: string; why?: string }[];
  plan: { name: string; title: string; version: number; status: string } | null;
  campaign: CampaignState;
  decision: Pick<CycleEntry, "id" | "cadence" | "decision" | "reason" | "scale" | "scale_reasons" | "at"> | null;
  cycles: Pick<CycleEntry, "id" | "cadence" | "at" | "decision" | "report">[];
  signals: SignalReading[];
  conflicts: Conflict[];
  gates: GateReport;
  incidents: IncidentFact[];
  tasks: {
    counts: Record<TaskStatus, number>;
    open: Pick<Task, "id" | "title" | "owner" | "due_date" | "status">[];
    /** Failed or cancelled inside the window, each with the reason. */
    lost: (Pick<Task, "id" | "title" | "owner" | "status"> & { why: string })[];
  };
  actions: Action[];
  overdue: string[];
  ledger_head: string;
}

/** The required tasks that are not completed, with why where that is known; an id that does not exist counts as open. */
export function openRequired(required: readonly string[], tasks: readonly Task[]): GrowthReport["open_required"] {
  return required.flatMap((id): GrowthReport["open_required"] => {
    const task = tasks.find((one) => one.id === id);
    if (task === undefined) return [{ id, status: "unknown" as const, title: "no such task" }];
    if (task.status === "completed") return [];
    const why = whyOpen(task);
    return [{ id, status: task.status, title: task.title, ...(why === undefined ? {} : { why }) }];
  });
}

/** What stands in the way of an unfinished task, or ended it. */
export function whyOpen(task: Task): string | undefined {
  if (task.error !== undefined) return task.error;
  if (task.status === "failed" || task.status === "cancelled") return "no reason was given";
  if (task.blocked_by_failed !== undefined)
    return `waits for ${task.blocked_by_failed.join(", ")}, which failed or was cancelled`;
  return task.waiting_for === undefined ? undefined : `waits for ${task.waiting_for}`;
}
