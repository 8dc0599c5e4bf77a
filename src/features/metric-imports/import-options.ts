import { z } from "zod";
import { DAY_ORDERS } from "./day-style.ts";
import { DECIMALS } from "./number-style.ts";

/** Formats that can be read; the order of the registry decides which one `auto` tries first. */
export const FORMAT_NAMES = ["ga4", "semrush", "ahrefs", "bing", "gsc", "csv"] as const;
export type FormatName = (typeof FORMAT_NAMES)[number];

/** What the caller knows of a file beyond its bytes. */
export const ImportOptions = z.strictObject({
  format: z.enum(["auto", ...FORMAT_NAMES]),
  today: z.iso.date().describe("The present day: later days are skipped, and recent ones are not final"),
  mapping: z
    .record(z.string(), z.string())
    .optional()
    .describe('Column header → metric name, `date`, `scope:<name>`, or "" to leave the column out'),
  asOf: z.iso.date().optional().describe("The day that values without a date are stated for"),
  dateFormat: z.enum(DAY_ORDERS).optional().describe("The order of day and month where the file leaves it open"),
  decimal: z.enum(DECIMALS).optional().describe("The decimal separator where the file leaves it open"),
  sourceName: z.string().optional().describe("Name of the source of a generic CSV; default `csv`"),
  timezone: z.string().optional().describe("IANA name of the property's time zone, where the format does not fix it"),
});
export type ImportOptions = z.infer<typeof ImportOptions>;
