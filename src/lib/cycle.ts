import { z } from "zod";
import { Action } from "./actions.ts";
import { CADENCE_NAMES, CADENCES, type Cadence } from "./cadence.ts";
import { CycleDecision } from "./cycle-decision.ts";
import { daysAfter } from "./days.ts";
import { defineDocument } from "./documents.ts";

const Remediation = z.strictObject({
  signals: z.array(z.string()),
  modules: z.array(z.string()),
  tasks: z.array(z.string()),
});
export type Remediation = z.infer<typeof Remediation>;

/** The decision of an entry; those of rules version 1 state neither how sure they are nor what would change them. */
export const EntryDecision = CycleDecision.partial({ confidence: true, would_change: true });
export type EntryDecision = z.infer<typeof EntryDecision>;

/** One cycle as it was decided; the entry is never rewritten except for the status of its actions. */
export const CycleEntry = z.strictObject({
  id: z.string(),
  cadence: z.enum(CADENCE_NAMES),
  at: z.iso.datetime(),
  window: z.strictObject({ from: z.iso.datetime(), to: z.iso.datetime() }),
  ...EntryDecision.shape,
  actions: z.array(Action),
  effects: z.array(z.string()),
  remediation: Remediation.optional(),
  report: z.string(),
  /** Head of the ledger just before the decision. */
  ledger_head: z.string(),
  rules_version: z.int(),
});
export type CycleEntry = z.infer<typeof CycleEntry>;

export const Cycles = z.strictObject({ schema_version: z.literal(1), cycles: z.array(CycleEntry) });
export type Cycles = z.infer<typeof Cycles>;
export const CYCLES_DOCUMENT = defineDocument({ name: "cycles", path: "state/cycles.json", schema: Cycles });

/** What the last intervention set out to mend, if there was one. */
export function lastMending(cycles: readonly CycleEntry[]): { cycle: string; signals: string[] } | undefined {
  const last = cycles.findLast((entry) => entry.remediation !== undefined);
  return last?.remediation && { cycle: last.id, signals: last.remediation.signals };
}

/** The observation window of a cadence that ends now. */
export function cycleWindow(cadence: Cadence, now: string): { from: string; to: string } {
  return { from: daysAfter(now, -CADENCES[cadence]), to: now };
}

/** Cadences whose last cycle is older than their window, or that never ran since `since`. */
export function overdueCadences(
  cycles: readonly CycleEntry[],
  since: string | undefined,
  now: string,
): { cadence: Cadence; last?: string }[] {
  return CADENCE_NAMES.flatMap((cadence) => {
    const last = cycles.findLast((entry) => entry.cadence === cadence)?.at;
    const reference = last ?? since;
    const overdue = reference !== undefined && daysAfter(reference, CADENCES[cadence]) < now;
    return overdue ? [{ cadence, ...(last ? { last } : {}) }] : [];
  });
}
