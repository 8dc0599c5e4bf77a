/** One value that an export states. */
export interface ImportedValue {
  /** `clicks` for a day; `clicks_period` where the export states one value for all its days. */
  metric: string;
  /** What the value is about: "" for the whole property, else `name=value` joined by `&`, see `lib/scopes.ts`. */
  scope: string;
  /** `YYYY-MM-DD` in the source's own time zone; of a period its last day. */
  day: string;
  value: number;
  /** `count`, `share` (0–1), `position`, `seconds`, `money` (currency of the property), `score` (0–100), or "" where the export does not say. */
  unit: string;
  /** False while the source may still correct this day. */
  final: boolean;
  /** Where it stands, for messages: `file:line`. */
  row: string;
}
