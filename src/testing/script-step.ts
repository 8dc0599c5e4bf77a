import { z } from "zod";

export const StepSchema = z.strictObject({
  calls: z.array(z.tuple([z.string(), z.union([z.string(), z.record(z.string(), z.unknown())])])).optional(),
  text: z.string().optional(),
  status: z.int().min(400).max(599).optional(),
  delay_ms: z.number().min(0).optional(),
  usage: z.strictObject({ input: z.int().optional(), output: z.int().optional() }).optional(),
});

/**
 * One answer of the model: tool calls `[name, args]` (args as a string go out verbatim, for malformed JSON) and/or text,
 * or an HTTP error status; `delay_ms` waits first; `usage` sets the reported token counts (default 10 in, 5 out).
 */
export type ScriptStep = z.infer<typeof StepSchema>;
