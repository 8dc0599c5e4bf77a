import { z } from "zod";
import { Actor } from "./actor.ts";

/** One measured value or declared trend of a metric, as a source stated it. Never overwritten. */
export const Observation = z.strictObject({
  id: z.string(),
  track: z.string(),
  metric: z.string(),
  value: z.number().optional(),
  trend: z.enum(["up", "down", "flat"]).optional(),
  unit: z.string().optional(),
  source: z.string(),
  observed_at: z.iso.datetime(),
  recorded_at: z.iso.datetime(),
  actor: Actor,
});
export type Observation = z.infer<typeof Observation>;
