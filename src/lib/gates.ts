import { z } from "zod";
import { addDays } from "date-fns";
import { OhmymktError } from "../errors.ts";
import { canonicalJson } from "./canonical.ts";
import { defineDocument } from "./documents.ts";

type FieldRule =
  | { type: "boolean"; need: string; remedy: string }
  | { type: "integer" | "ratio"; min: number; max: number; atLeast: number; need: string; remedy: string };

/** The five startup gates: fields with range, pass condition and remedy; evidence of a gate lives `lifetimeDays`. */
export const GATES = {
  strategy_gate: {
    lifetimeDays: 90,
    fields: {
      kpi_tree_bound: {
        type: "boolean",
        need: "the KPI tree is bound to metrics with sources",
        remedy: "give the plan a kpi_tree whose inputs have metric, owner and source",
      },
      approved: {
        type: "boolean",
        need: "the plan is approved by a person",
        remedy: "have the plan reviewed with ohmymkt_review_plan, verdict approve",
      },
    },
  },
  compliance_gate: {
    lifetimeDays: 180,
    fields: {
      documented: {
        type: "boolean",
        need: "the compliance rules are written down",
        remedy: "write down claims, disclosure, consent and licence rules",
      },
      accepted_by_all: {
        type: "boolean",
        need: "every owner accepted the rules",
        remedy: "collect each owner's acceptance",
      },
    },
  },
  capacity_gate: {
    lifetimeDays: 10,
    fields: {
      rolling_weeks_feasible: {
        type: "integer",
        min: 0,
        max: 520,
        atLeast: 8,
        need: "the coming 8 weeks or more are staffed",
        remedy: "show supply against demand per role for the coming weeks, or cut scope",
      },
    },
  },
  data_gate: {
    lifetimeDays: 10,
    fields: {
      dashboard_stable: {
        type: "boolean",
        need: "the dashboard is stable",
        remedy: "show that tracking ran without gaps or definition changes",
      },
      reconcilable: {
        type: "boolean",
        need: "the sources can be reconciled",
        remedy: "reconcile two sources on the same window and note the difference",
      },
    },
  },
  ownership_gate: {
    lifetimeDays: 30,
    fields: {
      priority_query_coverage: {
        type: "ratio",
        min: 0,
        max: 1,
        atLeast: 0.85,
        need: "at least 0.85 of priority-query impressions have one owner URL",
        remedy: "give every priority query exactly one live, indexable owner URL",
      },
    },
  },
} as const satisfies Record<string, { lifetimeDays: number; fields: Record<string, FieldRule> }>;

export type GateName = keyof typeof GATES;
export type FieldValue = boolean | number;
export const GATE_NAMES = ["strategy_gate", "compliance_gate", "capacity_gate", "data_gate", "ownership_gate"] as const satisfies GateName[];

/** What backs an opening value; `plan` binds an approval to one plan at one content hash. */
export const Evidence = z.strictObject({
  evidence: z.string().min(1),
  set_by: z.string(),
  set_at: z.iso.datetime(),
  expires_at: z.iso.datetime().optional(),
  plan: z.strictObject({ name: z.string(), hash: z.string() }).optional(),
});
export type Evidence = z.infer<typeof Evidence>;

const weeks = GATES.capacity_gate.fields.rolling_weeks_feasible;
const coverage = GATES.ownership_gate.fields.priority_query_coverage;

/** gates.json: the template's plain values, and the evidence map keyed `gate.field`. */
export const Gates = z.strictObject({
  schema_version: z.literal(1),
  strategy_gate: z.strictObject({ kpi_tree_bound: z.boolean(), approved: z.boolean() }),
  compliance_gate: z.strictObject({ documented: z.boolean(), accepted_by_all: z.boolean() }),
  capacity_gate: z.strictObject({ rolling_weeks_feasible: z.int().min(weeks.min).max(weeks.max) }),
  data_gate: z.strictObject({ dashboard_stable: z.boolean(), reconcilable: z.boolean() }),
  ownership_gate: z.strictObject({ priority_query_coverage: z.number().min(coverage.min).max(coverage.max) }),
  evidence: z.record(z.string(), Evidence),
});
export type Gates = z.infer<typeof Gates>;

export const GATES_DOCUMENT = defineDocument({ name: "gates", path: "state/gates.json", schema: Gates });

/** One requested change; `value` is checked against the field's type and range by `checkUpdate`. */
export interface GateUpdate {
  gate: string;
  field: string;
  value: unknown;
  evidence?: string | undefined;
  expires_in_days?: number | undefined;
}

export interface CheckedUpdate {
  gate: GateName;
  field: string;
  value: FieldValue;
  opens: boolean;
  evidence?: string;
  expires_in_days: number;
}

/** The key of a field in the evidence map and in the ledger: `gate.field`. */
export function fieldKey(gate: string, field: string): string {
  return `${gate}.${field}`;
}

function rule(gate: GateName, field: string): FieldRule | undefined {
  const fields: Record<string, FieldRule> = GATES[gate].fields;
  return Object.hasOwn(fields, field) ? fields[field] : undefined;
}

/** Whether a value satisfies its field's part of the pass condition. */
export function opens(gate: GateName, field: string, value: FieldValue): boolean {
  const checked = rule(gate, field);
  if (!checked) return false;
  return checked.type === "boolean" ? value === true : typeof value === "number" && value >= checked.atLeast;
}

function expected(checked: FieldRule): string {
  if (checked.type === "boolean") return "true or false";
  return checked.type === "integer" ? `a whole number from ${checked.min} to ${checked.max}` : `a number from ${checked.min} to ${checked.max}`;
}

function fits(checked: FieldRule, value: unknown): value is FieldValue {
  if (checked.type === "boolean") return typeof value === "boolean";
  if (typeof value !== "number" || !Number.isFinite(value) || value < checked.min || value > checked.max) return false;
  return checked.type === "ratio" || Number.isInteger(value);
}

/** Checks gate, field, type, range and that an opening value has evidence; throws `invalid_arguments` naming what is allowed. */
export function checkUpdate(update: GateUpdate, lifetimes: Partial<Record<GateName, number | undefined>> = {}): CheckedUpdate {
  const gate = GATE_NAMES.find((name) => name === update.gate);
  if (!gate) {
    throw new OhmymktError("invalid_arguments", `there is no gate ${JSON.stringify(update.gate)}`, { hint: `use one of ${GATE_NAMES.join(", ")}` });
  }
  const checked = rule(gate, update.field);
  if (!checked) {
    throw new OhmymktError("invalid_arguments", `${gate} has no field ${JSON.stringify(update.field)}`, {
      hint: `its fields are ${Object.keys(GATES[gate].fields).join(", ")}`,
    });
  }
  if (!fits(checked, update.value)) {
    throw new OhmymktError("invalid_arguments", `${gate}.${update.field} expected ${expected(checked)}, got ${JSON.stringify(update.value)}`, {
      hint: "send the value with its own type, without quotes",
    });
  }
  const opening = opens(gate, update.field, update.value);
  const evidence = update.evidence?.trim();
  if (opening && !evidence) {
    throw new OhmymktError("invalid_arguments", `${gate}.${update.field} = ${update.value} opens a condition and came without evidence`, {
      hint: "add evidence: a file, a URL, a plan's hash or a statement that a person can check",
    });
  }
  const days = update.expires_in_days ?? lifetimes[gate] ?? GATES[gate].lifetimeDays;
  return { gate, field: update.field, value: update.value, opens: opening, expires_in_days: days, ...(evidence ? { evidence } : {}) };
}

/** The gates after one checked update; closing a field removes its evidence. */
export function applyUpdate(
  gates: Gates,
  update: CheckedUpdate,
  by: { set_by: string; now: string; plan?: { name: string; hash: string } | undefined },
): { gates: Gates; evidence: Evidence | undefined } {
  const { [fieldKey(update.gate, update.field)]: _old, ...others } = gates.evidence;
  const evidence: Evidence | undefined =
    update.evidence === undefined
      ? undefined
      : {
          evidence: update.evidence,
          set_by: by.set_by,
          set_at: by.now,
          expires_at: addDays(new Date(by.now), update.expires_in_days).toISOString(),
          ...(by.plan ? { plan: by.plan } : {}),
        };
  const next = {
    ...gates,
    [update.gate]: { ...gates[update.gate], [update.field]: update.value },
    evidence: evidence ? { ...others, [fieldKey(update.gate, update.field)]: evidence } : others,
  };
  return { gates: Gates.parse(next), evidence };
}

/** What the ledger records for a field: the exact value and evidence that a person approved, or a closing value. */
export interface FieldRecord {
  value: FieldValue;
  evidence?: Evidence | undefined;
}

/** The ledger kind under which `FieldRecord`s stand, with `fieldKey` as subject. */
export const GATE_SET = "gate.set";

export interface GateContext {
  now: string;
  /** The last recorded state of a field, from the ledger; undefined when no tool ever set it here. */
  recorded(key: string): FieldRecord | undefined;
  /** The plan that the campaign runs or would start on. */
  plan?: { name: string; hash: string } | undefined;
}

export type FieldStatus = "pass" | "fail" | "expired" | "unconfirmed" | "stale_plan" | "other_plan";

export interface FieldReport {
  gate: GateName;
  field: string;
  value: FieldValue;
  status: FieldStatus;
  why: string;
  evidence?: Evidence;
  age_days?: number;
}

export interface GateReport {
  overall: "PASS" | "BLOCKED";
  gates: { gate: GateName; pass: boolean; fields: FieldReport[]; remedies: string[] }[];
}

function fieldReport(gates: Gates, gate: GateName, field: string, context: GateContext): FieldReport {
  const values: Record<string, FieldValue> = gates[gate];
  const value = values[field] ?? false;
  const key = fieldKey(gate, field);
  const evidence = gates.evidence[key];
  const base = { gate, field, value, ...(evidence ? { evidence, age_days: ageDays(evidence.set_at, context.now) } : {}) };
  const need = rule(gate, field)?.need ?? "";
  if (!opens(gate, field, value)) return { ...base, status: "fail", why: `${need}: not yet` };
  const recorded = context.recorded(key);
  if (!evidence || !recorded || canonicalJson({ value, evidence }) !== canonicalJson({ value: recorded.value, evidence: recorded.evidence })) {
    return { ...base, status: "unconfirmed", why: "edited by hand, not confirmed" };
  }
  if (evidence.expires_at && evidence.expires_at <= context.now) {
    return { ...base, status: "expired", why: `its evidence expired on ${evidence.expires_at.slice(0, 10)}` };
  }
  return { ...base, ...planStatus(key, evidence, context.plan) };
}

function planStatus(key: string, evidence: Evidence, plan: GateContext["plan"]): { status: FieldStatus; why: string } {
  if (key !== "strategy_gate.approved") return { status: "pass", why: evidence.evidence };
  if (!plan || evidence.plan?.name !== plan.name) {
    return { status: "other_plan", why: `the approval belongs to plan ${evidence.plan?.name ?? "(none)"}, not to ${plan?.name ?? "(no plan)"}` };
  }
  if (evidence.plan.hash !== plan.hash) return { status: "stale_plan", why: `plan ${plan.name} was edited after its approval` };
  return { status: "pass", why: evidence.evidence };
}

function ageDays(setAt: string, now: string): number {
  return Math.floor((Date.parse(now) - Date.parse(setAt)) / 86_400_000);
}

function remedy(report: FieldReport): string {
  const call = `ohmymkt_update_gates {gate: "${report.gate}", field: "${report.field}", value: …, evidence: "…"}`;
  if (fieldKey(report.gate, report.field) === "strategy_gate.approved") return `${rule(report.gate, report.field)?.remedy}`;
  if (report.status === "fail") return `${rule(report.gate, report.field)?.remedy}, then ${call}`;
  return `confirm it with fresh evidence: ${call}`;
}

/** The status of all five gates; a field passes only with the value, the recorded approval of exactly it, and live evidence. */
export function evaluateGates(gates: Gates, context: GateContext): GateReport {
  const reports = GATE_NAMES.map((gate) => {
    const fields = Object.keys(GATES[gate].fields).map((field) => fieldReport(gates, gate, field, context));
    const failing = fields.filter((field) => field.status !== "pass");
    return { gate, pass: failing.length === 0, fields, remedies: failing.map(remedy) };
  });
  return { overall: reports.every((report) => report.pass) ? "PASS" : "BLOCKED", gates: reports };
}
