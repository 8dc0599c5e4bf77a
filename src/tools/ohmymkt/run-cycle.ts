import { z } from "zod";
import { runCycle as run, type CycleResult } from "../../features/governance/run-cycle.ts";
import { CADENCE_NAMES } from "../../lib/cadence.ts";
import { defineTool } from "./define.ts";
import { renderConflicts } from "./render-signals.ts";

export const runCycle = defineTool({
  name: "ohmymkt_run_cycle",
  summary: "Decide continue, intervene or rollback for a cadence, carry out its effects and write the report.",
  args: {
    cadence: z.enum(CADENCE_NAMES),
    actions: z
      .array(z.strictObject({ id: z.string(), status: z.enum(["done", "deferred"]), reason: z.string().optional() }))
      .max(200)
      .default([])
      .describe("earlier actions to close or defer"),
  },
  async run(args, context): Promise<CycleResult> {
    return context.transact((tx) =>
      run(
        tx,
        { id: context.newId(`${args.cadence}-${tx.now.slice(0, 10).replaceAll("-", "")}`), ...args },
        context.actor,
        context.config,
      ),
    );
  },
  render: ({ cycle, conflicts }) =>
    [
      `Decision: ${cycle.decision}`,
      `Reason: ${cycle.reason}`,
      cycle.confidence ? `Confidence: ${cycle.confidence.level}, ${cycle.confidence.why}` : "",
      `Scale: ${cycle.scale}${cycle.scale_reasons.length > 0 ? ` (${cycle.scale_reasons.join("; ")})` : ""}`,
      ...cycle.effects.map((effect) => `Effect: ${effect}`),
      ...(cycle.would_change ?? []).map((line) => `Would change it: ${line}`),
      ...cycle.recovery.map((one) => `Recovery: ${one.signal} ${one.verdict.replace("_", " ")}`),
      renderConflicts(conflicts),
      "Actions:",
      ...cycle.actions.map((action) => `- ${action.id}: ${action.title} (${action.owner}, due ${action.due_date})`),
      `Report: .ohmymkt/${cycle.report}`,
    ]
      .filter(Boolean)
      .join("\n"),
});
