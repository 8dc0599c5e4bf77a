import { z } from "zod";

/** A JSON object as it is stored and hashed. */
export const JsonObject = z.record(z.string(), z.json());
export type JsonObject = z.infer<typeof JsonObject>;
