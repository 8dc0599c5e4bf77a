import { hash } from "node:crypto";

/** The words that make a series; an absent scope or unit is the empty text. */
export interface SeriesName {
  track: string;
  metric: string;
  scope: string;
  source: string;
  unit: string;
}

/** What is hashed of a row beside the name of its series; `observedAt` in epoch ms. */
export interface RowContent {
  observedAt: number;
  value: number | null;
  trend: string | null;
  final: boolean;
}

/** A name in one unambiguous text. */
export function seriesText({ track, metric, scope, source, unit }: SeriesName): string {
  return JSON.stringify([track, metric, scope, source, unit]);
}

/** The text of a row that its hash covers, after the text of its series. */
export function rowText(series: string, { observedAt, value, trend, final }: RowContent): string {
  return `${series}${observedAt}:${value ?? ""}:${trend ?? ""}:${final ? 1 : 0}`;
}

/**
 * The first 48 bits of the SHA-256 of a row's text, as an integer. It tells which row was changed; nothing is
 * identified by it, so two rows may share one: the hash of the whole batch (256 bits) is what cannot be met by chance.
 */
export function rowHash(text: string): number {
  return hash("sha256", text, "buffer").readUIntBE(0, 6);
}
