export type Answer = "yes" | "no" | "nobody";
export type Cadence = "weekly" | "monthly" | "quarterly";
export type Severity = "P0" | "P1" | "P2";
export type Stated = "up" | "down" | "flat";

/** What happens while the person still reads the question. */
export type Meanwhile = { edit_plan: string } | { p0: true };

/** One gate change; `value` may be outside its range on purpose. */
export interface Change {
  gate: string;
  field: string;
  value: boolean | number | string;
  evidence?: string;
  expires_in_days?: number;
}

export interface Stating {
  track: string;
  metric: string;
  source: string;
  trend?: Stated;
  value?: number;
  /** How long before the step it was observed, in hours; negative lies in the future. */
  ago: number;
}

/** Closes or defers the action of a cycle; both counted from 0, `cycle` -1 names one that does not exist. */
export interface Closing {
  cycle: number;
  action: number;
  status: "done" | "deferred";
  reason?: string;
}

/** How a person or a broken disk spoils an incident file. */
export type Damage = "torn" | "removed" | "wrong_schema";

/** A forged or plain edit of gates.json by hand. */
export type HandEdit = { key: string; value: boolean | number; forge: "nothing" | "evidence" | "longer_life" };

export type Postmortem = "complete" | "no_prevention";

/** One event of a history. Incidents and cycles are named by the order in which they came about. */
export type Event =
  | { do: "plan"; name: string; complete: boolean }
  | { do: "revise"; hint: string; complete: boolean }
  | { do: "edit_plan"; name: string }
  | {
      do: "review";
      hint?: string;
      verdict: "approve" | "revise";
      findings: boolean;
      answer: Answer;
      meanwhile?: Meanwhile;
    }
  | { do: "gates"; updates: Change[]; answer: Answer; meanwhile?: Meanwhile }
  | { do: "edit_gates"; edit: HandEdit }
  | { do: "check_gates" }
  | { do: "start"; hint?: string; end_current: boolean; answer: Answer }
  | { do: "pause" }
  | { do: "resume"; answer: Answer; meanwhile?: Meanwhile }
  | { do: "end"; answer: Answer }
  | { do: "edit_incident"; incident: number }
  | { do: "open"; severity: string; module: string }
  | { do: "change"; incident: number; mitigate: boolean; severity?: Severity; postmortem?: Postmortem; answer: Answer }
  | { do: "resolve"; incident: number; postmortem?: Postmortem; answer: Answer }
  | { do: "damage"; incident: number; damage: Damage }
  | { do: "repair"; incident: number }
  | { do: "stray" }
  | { do: "sweep" }
  | { do: "metrics"; observations: Stating[] }
  | { do: "edit_metrics"; trend: Stated }
  | { do: "cycle"; cadence: Cadence; closing: Closing[] }
  | {
      do: "edit_board";
      item: number;
      field: "owner" | "due_date" | "kpi_impact" | "rollback_condition";
      how: "remove" | "blank";
    }
  | { do: "read"; file: "health" | "sprint-board" | "gates" };

/** An event and the time that passes before it, in milliseconds. */
export type Step = Event & { wait: number };

/** What a step led to: a refusal with its code, or facts that both sides can compare. */
export type Outcome = { refused: string } | { facts: Record<string, unknown> };

/** The condition fields of the five gates, in the order of the requirement table. */
export const CONDITIONS = [
  "strategy_gate.kpi_tree_bound",
  "strategy_gate.approved",
  "compliance_gate.documented",
  "compliance_gate.accepted_by_all",
  "capacity_gate.rolling_weeks_feasible",
  "data_gate.dashboard_stable",
  "data_gate.reconcilable",
  "ownership_gate.priority_query_coverage",
] as const;
export type Condition = (typeof CONDITIONS)[number];

/** The four decision signals by track. */
export const SIGNALS_OF = {
  visibility_track: ["non_brand_visibility", "query_cluster_coverage"],
  quality_track: ["high_intent_session", "conversion_assist"],
} as const;
