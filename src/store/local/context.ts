import type { Cause } from "../store.ts";
import type { Files } from "./files.ts";
import type { Sql } from "./sql.ts";

/** What the parts of one open transaction share. */
export interface Context {
  readonly sql: Sql;
  readonly files: Files;
  readonly cause: Cause;
  /** The transaction's time, ISO 8601 with milliseconds, and the same as epoch ms. */
  readonly now: string;
  readonly nowMs: number;
  readonly randomId: () => string;
}

type Present<T> = { [K in keyof T as null extends T[K] ? never : K]: T[K] } & {
  [K in keyof T as null extends T[K] ? K : never]?: NonNullable<T[K]>;
};

/** The row without the members that are NULL. */
export function withoutNulls<T extends object>(row: T): Present<T> {
  return Object.fromEntries(Object.entries(row).filter(([, value]) => value !== null)) as Present<T>;
}
