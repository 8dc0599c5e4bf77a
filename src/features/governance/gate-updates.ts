import type { Config } from "../../config.ts";
import { OhmymktError } from "../../errors.ts";
import { actorLabel, type Actor } from "../../lib/actor.ts";
import { fieldKey, GATES_DOCUMENT } from "../../lib/gates.ts";
import { applyUpdate, checkUpdate, GATE_SET, type CheckedUpdate, type GateUpdate } from "../../lib/gate-update.ts";
import { planChecklist } from "../../lib/plan-checklist.ts";
import { resolvePlan } from "../../lib/plans.ts";
import type { Transaction } from "../../store/store.ts";
import { MEASURED, measuredEvidence, measureGates } from "../measurement/gate-measures.ts";
import { knownPlans, planInForce, type KnownPlan } from "./facts.ts";
import { readExecution, readGates } from "./seeds.ts";

/** A checked change; an approval of a plan carries the plan at the hash that the person was shown. */
export interface BoundUpdate extends CheckedUpdate {
  plan?: { name: string; hash: string };
}

const APPROVED = fieldKey("strategy_gate", "approved");

/** Checks every update and binds `strategy_gate.approved = true` to the plan that the evidence names, else to the one in force. */
export async function bindUpdates(
  tx: Transaction,
  updates: readonly GateUpdate[],
  config: Config,
): Promise<{ updates: BoundUpdate[]; unmet: string[]; plan: KnownPlan | undefined }> {
  const checked = (await withMeasures(tx, updates, config)).map((update) => checkUpdate(update, config.evidence_days));
  const approving = checked.find((update) => update.opens && fieldKey(update.gate, update.field) === APPROVED);
  if (!approving) return { updates: checked, unmet: [], plan: undefined };
  const { plans } = await knownPlans(tx);
  const named = plans.find(
    (plan) => approving.evidence?.includes(`plans/${plan.name}.md`) || approving.evidence?.trim() === plan.name,
  );
  const plan = named ?? planInForce(plans, await readExecution(tx)) ?? resolvePlan(undefined, plans);
  const bound = checked.map((update) =>
    update === approving ? { ...update, plan: { name: plan.name, hash: plan.hash } } : update,
  );
  return {
    updates: bound,
    unmet: planChecklist(plan.plan).flatMap((item) => (item.holds ? [] : [item.question])),
    plan,
  };
}

/** Evidence that says `measured` is replaced by what is measured now. */
async function withMeasures(tx: Transaction, updates: readonly GateUpdate[], config: Config): Promise<GateUpdate[]> {
  const wants = ({ evidence }: GateUpdate): boolean => evidence?.trim().toLowerCase() === MEASURED;
  for (const update of updates) refuseClaimed(update);
  if (!updates.some(wants)) return [...updates];
  const { plans } = await knownPlans(tx);
  const measures = await measureGates(tx, planInForce(plans, await readExecution(tx))?.plan, config);
  return updates.map((update) =>
    wants(update) ? { ...update, evidence: measuredEvidence(measures, update) } : update,
  );
}

/** Only figures that were computed here may look as if they were. */
function refuseClaimed({ gate, field, evidence = "" }: GateUpdate): void {
  const plain = evidence.normalize("NFKC").replace(/[^\p{L}\p{P}]/gu, "");
  if (!plain.toLowerCase().startsWith(`${MEASURED}:`)) return;
  throw new OhmymktError(
    "invalid_arguments",
    `${gate}.${field}: evidence that begins with "${MEASURED}:" is written from the stored observations only, got ${JSON.stringify(evidence.slice(0, 80))}`,
    { hint: `give evidence "${MEASURED}" to have it computed now, or say in other words where the figures are from` },
  );
}

/** Writes the updates to gates.json and records each field in the ledger, which is what makes an opening value count. */
export async function writeUpdates(
  tx: Transaction,
  updates: readonly BoundUpdate[],
  actor: Actor,
  approval: string | undefined,
): Promise<void> {
  let gates = await readGates(tx, true);
  for (const update of updates) {
    const before: Record<string, unknown> = gates[update.gate];
    const applied = applyUpdate(gates, update, { set_by: actorLabel(actor), now: tx.now, plan: update.plan });
    gates = applied.gates;
    await tx.ledger.append({
      kind: GATE_SET,
      subject: fieldKey(update.gate, update.field),
      evidence: { evidence: update.evidence ?? null, approval: approval ?? null },
      before: { value: before[update.field] },
      after: { value: update.value, ...(applied.evidence ? { evidence: applied.evidence } : {}) },
    });
  }
  await tx.documents.write(GATES_DOCUMENT, gates, {
    reason: updates.map((update) => `${fieldKey(update.gate, update.field)} = ${update.value}`).join(", "),
  });
}

/** Evidence in a question is cut here, so that a batch of all eight fields still fits the host's prompt. */
const SHORT = 60;

/** "strategy_gate.approved = true (plans/demo.md@ab12cd34; …)" for a question or a result. */
export function describeUpdate(update: BoundUpdate): string {
  const plan = update.plan ? `plans/${update.plan.name}.md@${update.plan.hash.slice(0, 8)}; ` : "";
  const evidence = [...(update.evidence ?? "no evidence")];
  const short = evidence.length > SHORT ? `${evidence.slice(0, SHORT - 1).join("")}…` : evidence.join("");
  return `${fieldKey(update.gate, update.field)} = ${update.value} (${plan}${short})`;
}
