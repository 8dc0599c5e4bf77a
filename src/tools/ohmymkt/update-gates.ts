import { z } from "zod";
import { gateReport, knownPlans, planInForce } from "../../features/governance/facts.ts";
import { bindUpdates, describeUpdate, writeUpdates } from "../../features/governance/gate-updates.ts";
import { readExecution } from "../../features/governance/seeds.ts";
import { OhmymktError } from "../../errors.ts";
import { GATE_NAMES } from "../../lib/gates.ts";
import type { GateUpdate } from "../../lib/gate-update.ts";
import { defineTool, spendApproval } from "./define.ts";
import { hidden } from "./lean-schema.ts";
import { renderGates } from "./render.ts";

const Value = z.union([z.boolean(), z.number()]);

const One = {
  gate: z.enum(GATE_NAMES),
  field: z.string(),
  value: Value,
  evidence: z.string().max(2000).optional(),
  expires_in_days: z.int().min(1).max(365).optional(),
};

export const updateGates = defineTool({
  name: "ohmymkt_update_gates",
  summary: "Set gate fields. Opening values need evidence and a person's approval, asked once per batch.",
  args: {
    gate: hidden(One.gate.optional()),
    field: hidden(One.field.optional()),
    value: hidden(Value.optional()),
    evidence: hidden(One.evidence),
    expires_in_days: hidden(One.expires_in_days),
    updates: z.array(z.strictObject(One)).min(1).max(20).optional(),
  },
  async confirm(args, context) {
    const { updates, unmet, plan } = await context.transact((tx) => bindUpdates(tx, requested(args), context.config));
    const opening = updates.filter((update) => update.opens);
    if (opening.length === 0) return undefined;
    const warning = unmet.length > 0 ? `; plan ${plan?.name} does not yet meet: ${unmet.join(", ")}` : "";
    return { kind: "gate", subject: updates, summary: `${opening.map(describeUpdate).join(", ")}${warning}` };
  },
  async run(args, context) {
    return context.transact(async (tx) => {
      const { updates } = await bindUpdates(tx, requested(args), context.config);
      const asked = updates.some((update) => update.opens);
      const approval = asked ? await spendApproval(tx, context.approval, "gate", updates) : undefined;
      await writeUpdates(tx, updates, context.actor, approval?.id);
      const { plans } = await knownPlans(tx);
      const plan = planInForce(plans, await readExecution(tx));
      return { plan: plan?.name, set: updates.map(describeUpdate), ...(await gateReport(tx, plan)) };
    });
  },
  render: (result) => `Set: ${result.set.join(", ")}\n${renderGates(result, result.plan)}`,
});

function requested(
  args: { [K in keyof GateUpdate]?: GateUpdate[K] | undefined } & { updates?: readonly GateUpdate[] | undefined },
): GateUpdate[] {
  const { updates, gate, field, value, ...rest } = args;
  const single =
    gate !== undefined && field !== undefined && value !== undefined ? [{ gate, field, value, ...rest }] : [];
  const partial = single.length === 0 && (gate ?? field ?? value) !== undefined;
  const all = [...single, ...(updates ?? [])];
  if (partial || all.length === 0) {
    throw new OhmymktError(
      "invalid_arguments",
      "ohmymkt_update_gates expected gate, field and value together, or updates",
      {
        hint: `for example {gate: "${GATE_NAMES[2]}", field: "rolling_weeks_feasible", value: 9, evidence: "…"}`,
      },
    );
  }
  return all;
}
