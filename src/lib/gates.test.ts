import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { fieldKey, GATE_NAMES, GATES, Gates, opens } from "./gates.ts";
import { applyUpdate, checkUpdate, type FieldRecord } from "./gate-update.ts";
import { evaluateGates, type FieldStatus, type GateContext } from "./gate-report.ts";

const NOW = "2026-03-01T12:00:00.000Z";
const PLAN = { name: "alpha", hash: "h1" };
const EMPTY: Gates = Gates.parse({
  schema_version: 1,
  strategy_gate: { kpi_tree_bound: false, approved: false },
  compliance_gate: { documented: false, accepted_by_all: false },
  capacity_gate: { rolling_weeks_feasible: 0 },
  data_gate: { dashboard_stable: false, reconcilable: false },
  ownership_gate: { priority_query_coverage: 0 },
  evidence: {},
});
const FIELDS = GATE_NAMES.flatMap((gate) => Object.keys(GATES[gate].fields).map((field) => ({ gate, field })));
const OPENING: Record<string, boolean | number> = {
  "capacity_gate.rolling_weeks_feasible": 8,
  "ownership_gate.priority_query_coverage": 0.85,
};
const opening = (key: string): boolean | number => OPENING[key] ?? true;
const refusal = (pattern: RegExp): unknown =>
  expect.objectContaining({ code: "invalid_arguments", message: expect.stringMatching(pattern) });

/** Gates whose every field was opened and recorded by a tool at `at`, the approval for `plan`. */
function opened(at = NOW, plan = PLAN): { gates: Gates; records: Map<string, FieldRecord> } {
  let gates = EMPTY;
  const records = new Map<string, FieldRecord>();
  for (const { gate, field } of FIELDS) {
    const key = fieldKey(gate, field);
    const update = checkUpdate({ gate, field, value: opening(key), evidence: `proof of ${key}` });
    const applied = applyUpdate(gates, update, {
      set_by: "person (cli)",
      now: at,
      plan: key === "strategy_gate.approved" ? plan : undefined,
    });
    gates = applied.gates;
    records.set(key, { value: update.value, evidence: applied.evidence });
  }
  return { gates, records };
}

function statusOf(
  gates: Gates,
  key: string,
  context: Partial<GateContext> & { records: Map<string, FieldRecord> },
): FieldStatus | undefined {
  const { records, now = NOW, plan = PLAN } = context;
  const report = evaluateGates(gates, { now, plan, recorded: (name) => records.get(name) });
  return report.gates.flatMap((gate) => gate.fields).find((one) => fieldKey(one.gate, one.field) === key)?.status;
}

describe("the pass condition", () => {
  test.each([
    ["capacity_gate", "rolling_weeks_feasible", 7, false],
    ["capacity_gate", "rolling_weeks_feasible", 8, true],
    ["capacity_gate", "rolling_weeks_feasible", 9, true],
    ["capacity_gate", "rolling_weeks_feasible", true, false],
    ["ownership_gate", "priority_query_coverage", 0.8499, false],
    ["ownership_gate", "priority_query_coverage", 0.85, true],
    ["ownership_gate", "priority_query_coverage", 1, true],
    ["strategy_gate", "approved", true, true],
    ["strategy_gate", "approved", false, false],
    ["strategy_gate", "approved", 1, false],
    ["strategy_gate", "unheard_of", true, false],
    ["strategy_gate", "constructor", true, false],
  ] as const)("%s.%s = %p opens: %p", (gate, field, value, expected) => {
    expect(opens(gate, field, value)).toBe(expected);
  });

  test("five gates, eight conditions, all in the requirement's order", () => {
    expect(FIELDS.map(({ gate, field }) => `${gate}.${field}`)).toEqual([
      "strategy_gate.kpi_tree_bound",
      "strategy_gate.approved",
      "compliance_gate.documented",
      "compliance_gate.accepted_by_all",
      "capacity_gate.rolling_weeks_feasible",
      "data_gate.dashboard_stable",
      "data_gate.reconcilable",
      "ownership_gate.priority_query_coverage",
    ]);
  });
});

describe("checkUpdate", () => {
  test.each([
    ["unknown gate", { gate: "budget_gate", field: "x", value: true }, /no gate "budget_gate"/],
    ["unknown field", { gate: "data_gate", field: "x", value: true }, /data_gate has no field "x"/],
    ["inherited name", { gate: "data_gate", field: "toString", value: true }, /has no field/],
    [
      "text for a boolean",
      { gate: "data_gate", field: "reconcilable", value: "true" },
      /expected true or false, got "true"/,
    ],
    ["number for a boolean", { gate: "data_gate", field: "reconcilable", value: 1 }, /expected true or false/],
    ["negative weeks", { gate: "capacity_gate", field: "rolling_weeks_feasible", value: -1 }, /from 0 to 520, got -1/],
    ["too many weeks", { gate: "capacity_gate", field: "rolling_weeks_feasible", value: 521 }, /from 0 to 520/],
    ["half weeks", { gate: "capacity_gate", field: "rolling_weeks_feasible", value: 8.5 }, /a whole number/],
    ["no number", { gate: "capacity_gate", field: "rolling_weeks_feasible", value: Number.NaN }, /a whole number/],
    ["coverage over 1", { gate: "ownership_gate", field: "priority_query_coverage", value: 1.0001 }, /from 0 to 1/],
    ["coverage below 0", { gate: "ownership_gate", field: "priority_query_coverage", value: -0.1 }, /from 0 to 1/],
    ["opening without evidence", { gate: "data_gate", field: "reconcilable", value: true }, /came without evidence/],
    [
      "opening with blank evidence",
      { gate: "data_gate", field: "reconcilable", value: true, evidence: "  " },
      /came without evidence/,
    ],
  ])("refuses %s", (_what, update, pattern) => {
    expect(() => checkUpdate(update)).toThrow(refusal(pattern));
  });

  test.each([
    [{ gate: "data_gate", field: "reconcilable", value: false }, false],
    [{ gate: "capacity_gate", field: "rolling_weeks_feasible", value: 7 }, false],
    [{ gate: "capacity_gate", field: "rolling_weeks_feasible", value: 520, evidence: "e" }, true],
    [{ gate: "ownership_gate", field: "priority_query_coverage", value: 0 }, false],
  ])("takes %p, opening: %p", (update, expected) => {
    expect(checkUpdate(update).opens).toBe(expected);
  });

  test.each([
    ["strategy_gate", 90],
    ["compliance_gate", 180],
    ["capacity_gate", 10],
    ["data_gate", 10],
    ["ownership_gate", 30],
  ] as const)("%s lives %d days unless the call or the settings say otherwise", (gate, days) => {
    const [field = ""] = Object.keys(GATES[gate].fields);
    const update = { gate, field, value: opening(fieldKey(gate, field)), evidence: "e" };
    expect(checkUpdate(update).expires_in_days).toBe(days);
    expect(checkUpdate(update, { [gate]: 3 }).expires_in_days).toBe(3);
    expect(checkUpdate({ ...update, expires_in_days: 2 }, { [gate]: 3 }).expires_in_days).toBe(2);
  });

  test("whatever is accepted fits the schema of the file", () => {
    const anyValue = fc.oneof(fc.boolean(), fc.double(), fc.integer(), fc.string());
    fc.assert(
      fc.property(fc.constantFrom(...FIELDS), anyValue, ({ gate, field }, value) => {
        const update = attempt(() => checkUpdate({ gate, field, value, evidence: "e" }));
        if (update instanceof Error) return expect(update).toMatchObject({ code: "invalid_arguments" });
        expect(Gates.safeParse(applyUpdate(EMPTY, update, { set_by: "x", now: NOW }).gates).success).toBe(true);
      }),
    );
  });
});

describe("evaluateGates", () => {
  test("passes when every field was opened with evidence that lives", () => {
    const { gates, records } = opened();
    expect(evaluateGates(gates, { now: NOW, plan: PLAN, recorded: (key) => records.get(key) }).overall).toBe("PASS");
  });

  test.each(FIELDS.map(({ gate, field }) => [fieldKey(gate, field), gate, field] as const))(
    "one closed field blocks: %s",
    (key, gate, field) => {
      const { gates, records } = opened();
      const closed = applyUpdate(
        gates,
        checkUpdate({ gate, field, value: typeof opening(key) === "number" ? 0 : false }),
        { set_by: "x", now: NOW },
      ).gates;
      const report = evaluateGates(closed, { now: NOW, plan: PLAN, recorded: (name) => records.get(name) });
      expect(report.overall).toBe("BLOCKED");
      expect(report.gates.filter((one) => !one.pass).map((one) => one.gate)).toEqual([gate]);
      expect(report.gates.find((one) => one.gate === gate)?.remedies).toHaveLength(1);
    },
  );

  test.each([
    ["a millisecond before its end", "2026-03-11T11:59:59.999Z", "pass"],
    ["at its end", "2026-03-11T12:00:00.000Z", "expired"],
    ["later", "2026-06-01T00:00:00.000Z", "expired"],
  ] as const)("evidence of 10 days, %s", (_when, now, expected) => {
    const { gates, records } = opened();
    expect(statusOf(gates, "data_gate.reconcilable", { records, now })).toBe(expected);
  });

  test.each([
    [
      "another opening value",
      (gates: Gates) => ({ ...gates, capacity_gate: { rolling_weeks_feasible: 12 } }),
      "capacity_gate.rolling_weeks_feasible",
    ],
    [
      "a longer life",
      (gates: Gates) => ({
        ...gates,
        evidence: {
          ...gates.evidence,
          "data_gate.reconcilable": {
            ...must(gates, "data_gate.reconcilable"),
            expires_at: "2030-01-01T00:00:00.000Z",
          },
        },
      }),
      "data_gate.reconcilable",
    ],
    ["no evidence any more", (gates: Gates) => ({ ...gates, evidence: {} }), "data_gate.reconcilable"],
  ])("a hand edit is kept but not believed: %s", (_what, edit, key) => {
    const { gates, records } = opened();
    expect(statusOf(edit(gates), key, { records })).toBe("unconfirmed");
  });

  test("evidence that only stands in the file is not evidence", () => {
    const { gates } = opened();
    expect(FIELDS.map(({ gate, field }) => statusOf(gates, fieldKey(gate, field), { records: new Map() }))).toEqual(
      FIELDS.map(() => "unconfirmed"),
    );
  });

  test.each([
    ["the plan that was approved", PLAN, "pass"],
    ["the same plan after an edit", { name: "alpha", hash: "h2" }, "stale_plan"],
    ["another plan with the same content", { name: "beta", hash: "h1" }, "other_plan"],
  ] as const)("an approval counts for %s: %p", (_what, plan, expected) => {
    const { gates, records } = opened();
    expect(statusOf(gates, "strategy_gate.approved", { records, plan })).toBe(expected);
  });

  test("an approval counts for nothing while there is no plan", () => {
    const { gates, records } = opened();
    const report = evaluateGates(gates, { now: NOW, recorded: (key) => records.get(key) });
    expect(report.gates[0]?.fields[1]?.status).toBe("other_plan");
  });

  test("closing a field takes its evidence away", () => {
    const { gates } = opened();
    const closed = applyUpdate(gates, checkUpdate({ gate: "data_gate", field: "reconcilable", value: false }), {
      set_by: "x",
      now: NOW,
    });
    expect(closed.evidence).toBeUndefined();
    expect(Object.keys(closed.gates.evidence)).not.toContain("data_gate.reconcilable");
  });
});

function attempt<T>(work: () => T): T | Error {
  try {
    return work();
  } catch (error) {
    if (error instanceof Error) return error;
    throw error;
  }
}

function must(gates: Gates, key: string): NonNullable<Gates["evidence"][string]> {
  const found = gates.evidence[key];
  if (!found) throw new Error(`expected evidence for ${key}`);
  return found;
}
