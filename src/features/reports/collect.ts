import type { Config } from "../../config.ts";
import type { Cadence } from "../../lib/cadence.ts";
import { overdueCadences, type CycleEntry } from "../../lib/cycle.ts";
import { dayAfter, windowStart } from "../../lib/days.ts";
import { INCIDENTS, incidentsInWindow, type IncidentFact } from "../../lib/incidents.ts";
import { formatHead } from "../../lib/ledger.ts";
import {
  openRequired,
  whyOpen,
  type GrowthReport,
  type ReportedAction,
  type ReportedIncident,
  type SprintProgress,
} from "../../lib/reports.ts";
import { missingFields, SPRINT_BOARD_DOCUMENT } from "../../lib/sprint-board.ts";
import type { Transaction } from "../../store/store.ts";
import { readStanding, signalBasis, signalFacts, type KnownPlan } from "../governance/facts.ts";
import { readCycles, recordedDecision } from "../governance/seeds.ts";
import { boardTaskId } from "../tasks/board-tasks.ts";
import { publishingLines, spendLines } from "./outside.ts";
import { panelsOf } from "./panels.ts";

export interface ReportRequest {
  /** Such as `30d`, `4w` or `3m`. */
  window: string;
  /** Ids of tasks without which the report is partial. */
  requires: readonly string[];
}

/** Open tasks, and lost ones, that a report lists; the counts say how many there are. */
const LISTED_TASKS = 100;

/** Everything that a growth report says, from one moment. The trends are those of the last decision's cadence. */
export async function collectReport(tx: Transaction, request: ReportRequest, config: Config): Promise<GrowthReport> {
  const from = windowStart(request.window, tx.now);
  const standing = await readStanding(tx);
  const { cycles } = await readCycles(tx);
  const last = await ledgered(tx, cycles.at(-1));
  const cadence: Cadence = last?.cadence ?? "monthly";
  const { readings, conflicts } = await signalFacts(tx, await signalBasis(tx, cadence, config, standing.incidents));
  const required = await Promise.all(request.requires.map((id) => tx.tasks.get(id)));
  const open = openRequired(
    request.requires,
    required.filter((task) => task !== undefined),
  );
  const { plan } = standing;
  return {
    at: tx.now,
    timezone: config.timezone,
    window: { text: request.window, from, to: tx.now },
    status: open.length > 0 ? "partial" : "complete",
    open_required: open,
    plan: plan ? { name: plan.name, title: plan.title, version: plan.version, status: plan.status } : null,
    campaign: standing.execution.state,
    ...decided(last),
    cycles: cycles
      .filter((entry) => entry.at >= from)
      .map(({ id, cadence: name, at, decision, report }) => ({ id, cadence: name, at, decision, report })),
    signals: readings,
    ...panelsOf({
      readings,
      incidents: standing.incidents,
      trackingChanges: config.measurement.tracking_changes,
      at: tx.now,
    }),
    conflicts,
    gates: standing.gates,
    incidents: await withPostmortems(tx, incidentsInWindow(standing.incidents, from)),
    sprint: await sprintProgress(tx),
    tasks: await taskFacts(tx, from),
    actions: await openActions(tx, cycles),
    overdue: overdueCadences(cycles, standing.execution.started_at, tx.now).map(
      ({ cadence: name, last: at }) => `${name}${at ? `, last run ${at.slice(0, 10)}` : ", never run"}`,
    ),
    ...(await outside(tx, plan, from)),
    ledger_head: formatHead(await tx.ledger.head()),
  };
}

/** What left the building, where anything did. */
async function outside(
  tx: Transaction,
  plan: KnownPlan | undefined,
  from: string,
): Promise<Pick<GrowthReport, "spend" | "publishing">> {
  const spend = await spendLines(tx, plan);
  const publishing = await publishingLines(tx, from);
  return { ...(spend ? { spend } : {}), ...(publishing ? { publishing } : {}) };
}

/** The entry, saying so in its reason where no decision of it was recorded here. */
async function ledgered(tx: Transaction, entry: CycleEntry | undefined): Promise<CycleEntry | undefined> {
  if (!entry || (await recordedDecision(tx, entry.id))) return entry;
  return { ...entry, reason: `not in the ledger, so imported or written by hand: ${entry.reason}` };
}

/** The last decision with how sure it is and what would change it. */
function decided(
  last: CycleEntry | undefined,
): Pick<GrowthReport, "decision" | "confidence" | "would_change" | "recovery"> {
  if (!last) return { decision: null, confidence: null, would_change: [], recovery: [] };
  const { id, cadence, decision, reason, scale, scale_reasons, at, confidence, would_change = [], recovery } = last;
  return {
    decision: { id, cadence, decision, reason, scale, scale_reasons, at },
    confidence: confidence ? `${confidence.level}: ${confidence.why}` : null,
    would_change,
    recovery,
  };
}

async function withPostmortems(tx: Transaction, facts: readonly IncidentFact[]): Promise<ReportedIncident[]> {
  const { readable } = await tx.documents.list(INCIDENTS);
  const texts = new Map(readable.map(({ id, value }) => [id, value.postmortem]));
  return facts.map((fact) => {
    const postmortem_text = texts.get(fact.id);
    return postmortem_text ? { ...fact, postmortem_text } : fact;
  });
}

async function sprintProgress(tx: Transaction): Promise<SprintProgress | null> {
  const board = await tx.documents.read(SPRINT_BOARD_DOCUMENT);
  if (!board) return null;
  const today = tx.now.slice(0, 10);
  const progress = { completed: 0, in_progress: 0, planned: 0, lost: 0, overdue: 0, not_executable: 0 };
  for (const item of board.items) {
    const status = (await tx.tasks.get(boardTaskId(board, item.id)))?.status ?? "planned";
    if (status === "completed") progress.completed += 1;
    else if (status === "failed" || status === "cancelled") progress.lost += 1;
    else if (status === "planned") progress.planned += 1;
    else progress.in_progress += 1;
    if (status !== "completed" && item.due_date && item.due_date < today) progress.overdue += 1;
    if (missingFields(item).length > 0) progress.not_executable += 1;
  }
  return { plan: board.plan, items: board.items.length, ...progress };
}

async function taskFacts(tx: Transaction, from: string): Promise<GrowthReport["tasks"]> {
  const unfinished = await tx.tasks.list({ status: ["pending", "claimed", "in_progress"], limit: LISTED_TASKS });
  const lost = (await tx.tasks.list({ status: ["failed", "cancelled"] }))
    .filter(({ completed_at = "" }) => completed_at >= from)
    .toSorted((a, b) => ((a.completed_at ?? "") < (b.completed_at ?? "") ? 1 : -1))
    .slice(0, LISTED_TASKS);
  return {
    counts: await tx.tasks.count(),
    open: unfinished.map(({ id, title, owner, due_date, status }) => ({
      id,
      title,
      owner,
      status,
      ...(due_date ? { due_date } : {}),
    })),
    lost: lost.map((task) => ({
      id: task.id,
      title: task.title,
      owner: task.owner,
      status: task.status,
      why: whyOpen(task) ?? "",
    })),
  };
}

/** Open actions of all cycles, and what the last intervention made into tasks, each with what would take it back. */
async function openActions(tx: Transaction, cycles: readonly CycleEntry[]): Promise<ReportedAction[]> {
  const actions: ReportedAction[] = cycles.flatMap((entry) => entry.actions.filter(({ status }) => status === "open"));
  for (const id of cycles.findLast((entry) => entry.remediation)?.remediation?.tasks ?? []) {
    const task = await tx.tasks.get(id);
    if (!task || task.status === "completed" || task.status === "cancelled" || task.status === "failed") continue;
    actions.push({
      id,
      title: task.title,
      owner: task.owner,
      due_date: task.due_date ?? dayAfter(tx.now, 0),
      status: "open",
      ...(task.rollback_condition ? { rollback_condition: task.rollback_condition } : {}),
    });
  }
  return actions;
}
