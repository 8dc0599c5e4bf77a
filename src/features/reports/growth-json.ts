import { canonicalJson } from "../../lib/canonical.ts";
import type { GrowthReport } from "../../lib/reports.ts";

/** The report's value as indented JSON with sorted keys: equal reports have equal text. */
export function renderGrowthJson(report: GrowthReport): string {
  return `${JSON.stringify(JSON.parse(canonicalJson(report)), null, 2)}\n`;
}
