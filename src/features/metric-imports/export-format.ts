import type { KnownColumns } from "./columns.ts";
import type { FormatName } from "./import-options.ts";

/** First and last day, `YYYY-MM-DD`, both inclusive. */
export interface Period {
  from: string;
  to: string;
}

/** All that is known of one kind of export; a new one is one file and one line in the registry. */
export interface ExportFormat {
  name: FormatName;
  /** One sentence with the headers of its commonest table, for the refusal of an unknown file. */
  expects: string;
  /** IANA name of the zone in which the source counts its days; undefined where it is the property's own. */
  timezone?: string;
  /** Days after which the source no longer corrects a day. */
  settlesAfter: number;
  columns: KnownColumns;
  /** An unnamed file is taken for this format when it has all columns of one of these sets, named as `roleNames` does. */
  signature: readonly (readonly string[])[];
  /** A table can be read when it has all columns of one of these sets; fewer than the signature, for who names the format. */
  needs: readonly (readonly string[])[];
  /** What a table without dates states: sums over the export's period, or how things stood on one day. */
  undated: "period" | "snapshot";
  /** Comment lines part the file into several tables. */
  sections: boolean;
  /** Rows of the longest table that the interface exports. */
  rowLimit?: number;
  /** The header as a single period would have it, and what is left out of a comparison of two. */
  singlePeriod?(header: readonly string[]): { header: string[]; previous: string[] };
  /** Filters of the export, as remarks; undefined where a table is not the list of filters. */
  filters?(header: readonly string[], rows: readonly string[][]): string[] | undefined;
  /** The period that comment lines state. */
  period?(comments: readonly string[]): Period | undefined;
  /** Comments that bear on quality. */
  caveats?(comments: readonly string[]): string[];
  /** Why a table cannot be read although its columns are known. */
  refusal?(header: readonly string[]): string | undefined;
  /** Whether a row is a total over the others. */
  isTotal?(cells: readonly string[]): boolean;
}
