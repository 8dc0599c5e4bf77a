import type { Boulder, Execution } from "./campaign.ts";
import { overdueCadences, type CycleEntry } from "./cycle.ts";
import type { GateReport } from "./gate-report.ts";
import { missingFields, type SprintBoard } from "./sprint-board.ts";

export interface HealthCheck {
  key: "gates" | "active_plan" | "tracks" | "board" | "cycles" | "incidents" | "recommendations";
  question: string;
  ok: boolean;
  detail: string;
}

export interface HealthFacts {
  now: string;
  gates: GateReport;
  boulder: Boulder | undefined;
  execution: Execution;
  board: SprintBoard | undefined;
  cycles: readonly CycleEntry[];
  unreadableIncidents: readonly string[];
}

/** The operator's seven-point checklist, computed from the state. */
export function healthChecks(facts: HealthFacts): HealthCheck[] {
  const { gates, boulder, execution, board, cycles, now } = facts;
  const failing = gates.gates.filter((gate) => !gate.pass).map((gate) => gate.gate);
  const bare = (board?.items ?? []).filter((item) => missingFields(item).length > 0);
  const overdue = overdueCadences(cycles, execution.started_at, now);
  const stale = cycles.flatMap((entry) =>
    entry.actions.filter((action) => action.status === "open" && action.due_date < now.slice(0, 10)),
  );
  const both = execution.tracks.visibility === "active" && execution.tracks.quality === "active";
  return [
    check(
      "gates",
      "every startup gate passes with evidence that can be shown",
      failing.length === 0,
      failing.length === 0 ? "all five pass" : `failing: ${failing.join(", ")}`,
    ),
    check(
      "active_plan",
      "the active plan is set",
      Boolean(boulder?.active_plan),
      boulder?.active_plan ?? "boulder.json names no plan",
    ),
    check(
      "tracks",
      "both tracks are active",
      both,
      `visibility ${execution.tracks.visibility}, quality ${execution.tracks.quality}, campaign ${execution.state}`,
    ),
    check(
      "board",
      "every board item has owner, due date, KPI impact and rollback condition",
      board !== undefined && bare.length === 0,
      board === undefined
        ? "there is no sprint board"
        : bare.length === 0
          ? `${board.items.length} items`
          : `incomplete: ${bare.map((item) => `${item.id} (${missingFields(item).join(", ")})`).join("; ")}`,
    ),
    check(
      "cycles",
      "no cadence is overdue",
      cycles.length > 0 && overdue.length === 0,
      cycles.length === 0
        ? "no cycle has run"
        : overdue.length === 0
          ? `${cycles.length} cycles`
          : `overdue: ${overdue.map((one) => one.cadence).join(", ")}`,
    ),
    check(
      "incidents",
      "every incident file can be read",
      facts.unreadableIncidents.length === 0,
      facts.unreadableIncidents.length === 0
        ? "all readable"
        : `unreadable, counted as open P0: ${facts.unreadableIncidents.join(", ")}`,
    ),
    check(
      "recommendations",
      "recommendations are done or deferred with a reason",
      stale.length === 0,
      stale.length === 0
        ? "no action is past its day"
        : `past their day: ${stale.map((action) => action.id).join(", ")}`,
    ),
  ];
}

function check(key: HealthCheck["key"], question: string, ok: boolean, detail: string): HealthCheck {
  return { key, question, ok, detail };
}
