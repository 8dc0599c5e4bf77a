import { z } from "zod";
import { Money } from "./plans.ts";

/** How a generated file came to be; only a generator writes it. */
export const Generated = z.strictObject({
  /** SHA-256 of the file. */
  hash: z.string(),
  /** Bytes. */
  size: z.int().nonnegative(),
  /** Pixels. */
  width: z.int().positive().optional(),
  height: z.int().positive().optional(),
  /** Seconds. */
  duration_sec: z.number().positive().optional(),
  provider: z.string(),
  model: z.string(),
  /** SHA-256 of the whole prompt, or of template and props. */
  prompt_hash: z.string(),
  /** What the provider did otherwise than asked. */
  warnings: z.array(z.string()),
  /** By the list price or the setting's own; absent for what costs nothing. */
  estimate: Money.optional(),
  /** Id of the paid call. */
  paid_call: z.string().optional(),
  /** Whether a model drew it, so that it is said where that must be said (IPTC TrainedAlgorithmicMedia). */
  ai: z.boolean(),
});
export type Generated = z.infer<typeof Generated>;
