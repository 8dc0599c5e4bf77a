import { z } from "zod";
import { defineDocument } from "./documents.ts";

export type FieldRule =
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
export const GATE_NAMES = [
  "strategy_gate",
  "compliance_gate",
  "capacity_gate",
  "data_gate",
  "ownership_gate",
] as const satisfies GateName[];

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

/** The key of a field in the evidence map and in the ledger: `gate.field`. */
export function fieldKey(gate: string, field: string): string {
  return `${gate}.${field}`;
}

/** The rule of a field; undefined when the gate has no such field. */
export function fieldRule(gate: GateName, field: string): FieldRule | undefined {
  const fields: Record<string, FieldRule> = GATES[gate].fields;
  return Object.hasOwn(fields, field) ? fields[field] : undefined;
}

/** Whether a value satisfies its field's part of the pass condition. */
export function opens(gate: GateName, field: string, value: FieldValue): boolean {
  const checked = fieldRule(gate, field);
  if (!checked) return false;
  return checked.type === "boolean" ? value === true : typeof value === "number" && value >= checked.atLeast;
}
