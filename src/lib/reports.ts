import type { Action } from "./actions.ts";
import type { CampaignState } from "./campaign.ts";
import type { CycleEntry } from "./cycle.ts";
import type { GateReport } from "./gate-report.ts";
import type { IncidentFact, Postmortem } from "./incidents.ts";
import type { Money } from "./plans.ts";
import type { Task, TaskStatus } from "./tasks.ts";
import { unmeasuredPanel, type TrendPanel } from "./trend-panels.ts";
import type { Conflict, SignalReading } from "./trends.ts";

/** An incident with the text of its postmortem, once there is one. */
export type ReportedIncident = IncidentFact & { postmortem_text?: Postmortem };

/** An open action with what would prove it wrong, where that is known. */
export interface ReportedAction extends Action {
  rollback_condition?: string;
}

/** Board items by the state of the task that each became; `planned` ones have no task yet. */
export interface SprintProgress {
  plan: string;
  items: number;
  completed: number;
  in_progress: number;
  planned: number;
  /** Failed or cancelled. */
  lost: number;
  /** Past their due day and not completed; they are counted above as well. */
  overdue: number;
  /** Lack one of the four required fields; they are counted above as well. */
  not_executable: number;
}

/** Estimated cost of paid calls, by purpose; `limit` is the plan's budget. */
export interface SpendLine {
  purpose: string;
  spent: Money;
  limit?: Money;
}

/** One thing in the outbox, with its receipt once it left. */
export interface PublishingLine {
  title: string;
  platform: string;
  status: "waiting" | "held" | "sent" | "unknown" | "failed" | "retracted";
  at: string;
  receipt?: string;
}

/** Text that a panel points at by id: which observations a figure rests on. */
export interface Footnote {
  id: string;
  text: string;
}

/** Everything that a growth report says; Markdown, page, chart and `report.json` are rendered from this and nothing else. */
export interface GrowthReport {
  at: string;
  /** IANA zone in which the days of due dates and series are counted; instants are UTC. */
  timezone: string;
  window: { text: string; from: string; to: string };
  /** `partial` while a required task is not completed. */
  status: "complete" | "partial";
  open_required: { id: string; status: TaskStatus | "unknown"; title: string; why?: string }[];
  plan: { name: string; title: string; version: number; status: string } | null;
  campaign: CampaignState;
  decision: Pick<CycleEntry, "id" | "cadence" | "decision" | "reason" | "scale" | "scale_reasons" | "at"> | null;
  /** How sure the decision is, in one sentence; null when nothing has been decided. */
  confidence: string | null;
  /** What would have to happen for another decision, one sentence each. */
  would_change: readonly string[];
  /** How the signals that the last intervene set out to mend stand now. */
  recovery: CycleEntry["recovery"];
  cycles: Pick<CycleEntry, "id" | "cadence" | "at" | "decision" | "report">[];
  signals: SignalReading[];
  /** At most one a decision signal; `reportPanels` adds those that are missing. */
  panels: readonly TrendPanel[];
  conflicts: Conflict[];
  gates: GateReport;
  incidents: ReportedIncident[];
  /** Null when no campaign has a sprint board. */
  sprint: SprintProgress | null;
  tasks: {
    counts: Record<TaskStatus, number>;
    open: Pick<Task, "id" | "title" | "owner" | "due_date" | "status">[];
    /** Failed or cancelled inside the window, each with the reason. */
    lost: (Pick<Task, "id" | "title" | "owner" | "status"> & { why: string })[];
  };
  actions: ReportedAction[];
  overdue: string[];
  /** Absent while nothing can be spent. */
  spend?: readonly SpendLine[];
  /** Absent while nothing can be published. */
  publishing?: readonly PublishingLine[];
  footnotes: readonly Footnote[];
  ledger_head: string;
}

/** One panel for every signal of a report, in the order of its readings; a signal without a panel gets one without points. */
export function reportPanels({ panels, signals, window }: GrowthReport): TrendPanel[] {
  const days = { from: window.from.slice(0, 10), to: window.to.slice(0, 10) };
  return signals.map(
    (reading) => panels.find(({ signal }) => signal === reading.signal) ?? unmeasuredPanel(reading, days),
  );
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
