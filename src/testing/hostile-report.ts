import type { GrowthReport } from "../lib/reports.ts";
import { SAMPLE_REPORTS } from "./sample-report.ts";

/** What no text may do to a page: close a tag, break a table, run, push the layout wide, or change its direction for others. */
export const HOSTILE = {
  script: `</title><script>alert("x")</script><img src=x onerror='alert(1)'>`,
  attribute: `" onmouseover="alert(1)" x='`,
  markdown: "a | b\n# heading ` code <b>",
  long: `https://example.com/${"very-long-path-".repeat(20)}`,
  chinese: "可见度上升,但高意向会话下降:先修复定价页的内部链接,再考虑扩大规模。",
  arabic: "ارتفعت الظهورات بينما انخفضت الجلسات عالية النية، لذلك نوقف التوسع حتى تُصلح صفحة الأسعار.",
  control: "bell\u0007 null\u0000 lone \ud800 bidi \u202etxet\u202c end ]]> & < >",
} as const;

/** Every string of a value, replaced; keys and the members that are no free text stay. */
function withTexts<T>(value: T, text: (old: string, key: string) => string, key = ""): T {
  if (typeof value === "string") return text(value, key) as T;
  if (Array.isArray(value)) return value.map((one) => withTexts(one, text, key)) as T;
  if (value === null || typeof value !== "object") return value;
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, withTexts(one, text, name)])) as T;
}

const FREE_TEXT = new Set([
  "title",
  "why",
  "reason",
  "scale_reasons",
  "confidence",
  "would_change",
  "summary",
  "impact",
  "root_cause",
  "owner",
  "label",
  "source",
  "unit",
  "purpose",
  "platform",
  "receipt",
  "rollback_condition",
  "text",
  "name",
  "overdue",
  "id",
  "evidence",
  "module",
  "metric",
  "remedies",
  "report",
  "ledger_head",
  "used",
  "observation",
]);

/** The report with this text in every place where a person or an agent writes. */
export function hostileReport(words: string): GrowthReport {
  return withTexts({ ...SAMPLE_REPORTS.continue, ...SAMPLE_REPORTS.intervene }, (old, key) =>
    FREE_TEXT.has(key) ? words : old,
  );
}
