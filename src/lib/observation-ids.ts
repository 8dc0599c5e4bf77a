import { DAY_MS } from "./days.ts";

/** Where an observation stands in the store: its series, when it was observed (epoch ms), and its number in order of recording. */
export interface ObservationKey {
  series: number;
  observedAt: number;
  seq: number;
}

const ID = /^obs-([0-9a-z]+)-(-?[0-9a-z]+)(?:\.([0-9a-z]+))?-([0-9a-z]+)$/;

/** `obs-<series>-<day>[.<ms of the day>]-<seq>` in base 36: the id is the key, so that no index has to be kept for it. */
export function observationId({ series, observedAt, seq }: ObservationKey): string {
  const day = Math.floor(observedAt / DAY_MS);
  const rest = observedAt - day * DAY_MS;
  return `obs-${series.toString(36)}-${day.toString(36)}${rest === 0 ? "" : `.${rest.toString(36)}`}-${seq.toString(36)}`;
}

/** The key that an id spells, or undefined for any other text. */
export function parseObservationId(id: string): ObservationKey | undefined {
  const [, series, day, rest = "0", seq] = ID.exec(id) ?? [];
  if (series === undefined || day === undefined || seq === undefined) return undefined;
  const observedAt = Number.parseInt(day, 36) * DAY_MS + Number.parseInt(rest, 36);
  const key = { series: Number.parseInt(series, 36), observedAt, seq: Number.parseInt(seq, 36) };
  return Object.values(key).every(Number.isSafeInteger) ? key : undefined;
}
