import type { DayOrder } from "./day-style.ts";
import type { Decimal } from "./number-style.ts";

/** Formats that can be read; the order of the registry decides which one `auto` tries first. */
export const FORMAT_NAMES = ["ga4", "semrush", "ahrefs", "bing", "gsc", "csv"] as const;
export type FormatName = (typeof FORMAT_NAMES)[number];

/** What the caller knows of a file beyond its bytes. */
export interface ImportOptions {
  format: FormatName | "auto";
  /** The present day, `YYYY-MM-DD`: later days are skipped, and recent ones are not final. */
  today: string;
  /** Column header → metric name, `date`, `scope:<name>`, or "" to leave the column out. */
  mapping?: Readonly<Record<string, string>>;
  /** The day that values without a date are stated for, `YYYY-MM-DD`. */
  asOf?: string;
  /** The order of day and month where the file leaves it open. */
  dateFormat?: DayOrder;
  /** The decimal separator where the file leaves it open. */
  decimal?: Decimal;
  /** Name of the source of a generic CSV; default `csv`. */
  sourceName?: string;
  /** IANA name of the property's time zone, where the format does not fix it. */
  timezone?: string;
}
