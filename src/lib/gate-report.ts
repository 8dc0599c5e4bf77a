import { canonicalJson } from "./canonical.ts";
import type { FieldRecord } from "./gate-update.ts";
import {
  fieldKey,
  fieldRule,
  GATE_NAMES,
  GATES,
  opens,
  type Evidence,
  type FieldValue,
  type GateName,
  type Gates,
} from "./gates.ts";

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
  const base = {
    gate,
    field,
    value,
    ...(evidence ? { evidence, age_days: ageDays(evidence.set_at, context.now) } : {}),
  };
  const need = fieldRule(gate, field)?.need ?? "";
  if (!opens(gate, field, value)) return { ...base, status: "fail", why: `${need}: not yet` };
  const recorded = context.recorded(key);
  if (
    !evidence ||
    !recorded ||
    canonicalJson({ value, evidence }) !== canonicalJson({ value: recorded.value, evidence: recorded.evidence })
  ) {
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
    return {
      status: "other_plan",
      why: `the approval belongs to plan ${evidence.plan?.name ?? "(none)"}, not to ${plan?.name ?? "(no plan)"}`,
    };
  }
  if (evidence.plan.hash !== plan.hash)
    return { status: "stale_plan", why: `plan ${plan.name} was edited after its approval` };
  return { status: "pass", why: evidence.evidence };
}

function ageDays(setAt: string, now: string): number {
  return Math.floor((Date.parse(now) - Date.parse(setAt)) / 86_400_000);
}

function remedy(report: FieldReport): string {
  const call = `ohmymkt_update_gates {gate: "${report.gate}", field: "${report.field}", value: …, evidence: "…"}`;
  if (fieldKey(report.gate, report.field) === "strategy_gate.approved")
    return `${fieldRule(report.gate, report.field)?.remedy}`;
  if (report.status === "fail") return `${fieldRule(report.gate, report.field)?.remedy}, then ${call}`;
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
