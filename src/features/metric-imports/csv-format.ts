import type { ExportFormat } from "./export-format.ts";

/** Any table with a header: the caller's mapping says which columns are metrics and scopes; a date column is known by its name. */
export const CSV_FORMAT: ExportFormat = {
  name: "csv",
  expects: "any other table: say with `mapping` which columns are metrics",
  settlesAfter: 0,
  // A mapping is what makes a table of this format; its columns are checked when it is planned.
  signature: [],
  needs: [[]],
  undated: "snapshot",
  sections: false,
  columns: {
    date: [
      "date",
      "day",
      "datum",
      "tag",
      "fecha",
      "data",
      "jour",
      "dzień",
      "дата",
      "日付",
      "日期",
      "التاريخ",
      "timestamp",
    ],
    scopes: {},
    metrics: [],
    ignored: [],
  },
};
