import { OhmymktError } from "../errors.ts";
import { daysAfter } from "./days.ts";
import {
  fieldKey,
  fieldRule,
  GATE_NAMES,
  GATES,
  Gates,
  opens,
  type Evidence,
  type FieldRule,
  type FieldValue,
  type GateName,
} from "./gates.ts";

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

function expected(checked: FieldRule): string {
  if (checked.type === "boolean") return "true or false";
  return checked.type === "integer"
    ? `a whole number from ${checked.min} to ${checked.max}`
    : `a number from ${checked.min} to ${checked.max}`;
}

function fits(checked: FieldRule, value: unknown): value is FieldValue {
  if (checked.type === "boolean") return typeof value === "boolean";
  if (typeof value !== "number" || !Number.isFinite(value) || value < checked.min || value > checked.max) return false;
  return checked.type === "ratio" || Number.isInteger(value);
}

/** Checks gate, field, type, range and that an opening value has evidence; throws `invalid_arguments` naming what is allowed. */
export function checkUpdate(
  update: GateUpdate,
  lifetimes: Partial<Record<GateName, number | undefined>> = {},
): CheckedUpdate {
  const gate = GATE_NAMES.find((name) => name === update.gate);
  if (!gate) {
    throw new OhmymktError("invalid_arguments", `there is no gate ${JSON.stringify(update.gate)}`, {
      hint: `use one of ${GATE_NAMES.join(", ")}`,
    });
  }
  const checked = fieldRule(gate, update.field);
  if (!checked) {
    throw new OhmymktError("invalid_arguments", `${gate} has no field ${JSON.stringify(update.field)}`, {
      hint: `its fields are ${Object.keys(GATES[gate].fields).join(", ")}`,
    });
  }
  if (!fits(checked, update.value)) {
    throw new OhmymktError(
      "invalid_arguments",
      `${gate}.${update.field} expected ${expected(checked)}, got ${JSON.stringify(update.value)}`,
      {
        hint: "send the value with its own type, without quotes",
      },
    );
  }
  const opening = opens(gate, update.field, update.value);
  const evidence = update.evidence?.trim();
  if (opening && !evidence) {
    throw new OhmymktError(
      "invalid_arguments",
      `${gate}.${update.field} = ${update.value} opens a condition and came without evidence`,
      {
        hint: "add evidence: a file, a URL, a plan's hash or a statement that a person can check",
      },
    );
  }
  const days = update.expires_in_days ?? lifetimes[gate] ?? GATES[gate].lifetimeDays;
  return {
    gate,
    field: update.field,
    value: update.value,
    opens: opening,
    expires_in_days: days,
    ...(evidence ? { evidence } : {}),
  };
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
          expires_at: daysAfter(by.now, update.expires_in_days),
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
