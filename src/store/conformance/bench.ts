import { expect } from "bun:test";
import type { CriterionResult, NewTask } from "../../lib/tasks.ts";
import type { NewObservation } from "../../lib/observations.ts";
import type { Store, Transaction } from "../store.ts";

/** The driver under test on a fresh project, with a clock that stands still until `pass`. */
export interface Bench {
  readonly store: Store;
  /** A second, independent store on the same project. */
  another(): Store;
  run<T>(work: (tx: Transaction) => Promise<T>, store?: Store): Promise<T>;
  pass(ms: number): void;
}

/** The clock at the beginning of every test, epoch ms. */
export const START = Date.parse("2026-02-01T09:00:00Z");
export const HOUR = 3_600_000;

/** The time after so many hours, as the store writes it. */
export function at(hours: number): string {
  return new Date(START + hours * HOUR).toISOString();
}

/** Matches an error by its code and message. */
export function refused(code: string, pattern = /./): unknown {
  const message: unknown = expect.stringMatching(pattern);
  return expect.objectContaining({ code, message });
}

/** The results that complete a `task`. */
export const DONE: CriterionResult[] = [{ criterion: "it works", evidence: "seen" }];

export function task(id: string): NewTask & { id: string } {
  return { id, title: `Task ${id}`, objective: "o", owner: "content-ops", acceptance_criteria: ["it works"] };
}

export function observed(metric: string, value: number, observed_at: string): NewObservation {
  return { track: "visibility", metric, value, source: "search console", observed_at };
}
