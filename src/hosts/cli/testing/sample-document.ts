import { z } from "zod";
import { defineDocument } from "../../../lib/documents.ts";

/** The one document that the sample command line governs. */
export const BOULDER = defineDocument({
  name: "boulder",
  path: "boulder.json",
  schema: z.strictObject({ schema_version: z.literal(1), number: z.int() }),
});
