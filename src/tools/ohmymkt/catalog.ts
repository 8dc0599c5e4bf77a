import { TOOLS } from "./index.ts";
import { leanSchema, type LeanSchema } from "./lean-schema.ts";

/** What a host must know of a tool before anybody calls it. */
export interface CatalogEntry {
  name: string;
  summary: string;
  asks: boolean;
  schema: LeanSchema;
}

/** Every tool as data. The build replaces this module by its values, so that the plugin's start needs no schema library. */
export const CATALOG: readonly CatalogEntry[] = TOOLS.map(({ name, summary, asks, args }) => ({
  name,
  summary,
  asks,
  schema: leanSchema(args),
}));
