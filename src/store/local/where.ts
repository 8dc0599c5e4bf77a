import type { SQLQueryBindings } from "bun:sqlite";

/** Conditions of one query with their parameters; without any it is empty text. */
export class Where {
  readonly params: SQLQueryBindings[] = [];
  readonly #conditions: string[] = [];

  and(condition: string, ...params: SQLQueryBindings[]): void {
    this.#conditions.push(condition);
    this.params.push(...params);
  }

  /** `column` is a name from the code, never from a caller; undefined adds no condition. */
  equal(column: string, value: string | number | undefined): void {
    if (value !== undefined) this.and(`${column} = ?`, value);
  }

  get text(): string {
    return this.#conditions.length === 0 ? "" : `WHERE ${this.#conditions.join(" AND ")}`;
  }
}

/** Parameters for `LIMIT ? OFFSET ?`; no limit means all. */
export function page({ limit, offset }: { limit?: number | undefined; offset?: number | undefined }): [number, number] {
  return [limit ?? -1, offset ?? 0];
}

/** The smallest text that sorts after every text with this prefix, bytewise. */
export function prefixEnd(prefix: string): string {
  return `${prefix}\u{10FFFF}`;
}
