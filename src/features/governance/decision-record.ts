import { z } from "zod";
import { MeasurementSettings } from "../../config.ts";
import { CycleFacts } from "../../lib/cycle-decision.ts";

/** Ledger kind of a decision; its `evidence` is a `DecisionRecord`, its `after` the `CycleDecision`. */
export const CYCLE_DECIDED = "cycle.decided";

/** What the ledger keeps of a decision beside its outcome; together with the observations it is enough to decide again. */
export const DecisionRecord = z.strictObject({
  facts: CycleFacts,
  rules_version: z.int(),
  /** Sequence number of the newest observation that counted. */
  observations: z.int(),
  source_order: z.array(z.string()),
  tracking_changes: MeasurementSettings.shape.tracking_changes.unwrap(),
});
export type DecisionRecord = z.infer<typeof DecisionRecord>;
