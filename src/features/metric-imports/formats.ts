import { AHREFS_FORMAT } from "./ahrefs-format.ts";
import { BING_FORMAT } from "./bing-format.ts";
import { CSV_FORMAT } from "./csv-format.ts";
import type { ExportFormat } from "./export-format.ts";
import { GA4_FORMAT } from "./ga4-format.ts";
import { GSC_FORMAT } from "./gsc-format.ts";
import type { FormatName } from "./import-options.ts";
import { SEMRUSH_FORMAT } from "./semrush-format.ts";

/** Every format, in the order in which an unnamed file is compared with them. */
export const FORMATS: Readonly<Record<FormatName, ExportFormat>> = {
  ga4: GA4_FORMAT,
  semrush: SEMRUSH_FORMAT,
  ahrefs: AHREFS_FORMAT,
  bing: BING_FORMAT,
  gsc: GSC_FORMAT,
  csv: CSV_FORMAT,
};
