import { Database, type SQLQueryBindings } from "bun:sqlite";

interface PreparedStatement {
  /** Whether it answers with rows. */
  reader: boolean;
  all(parameters: SQLQueryBindings[]): unknown[];
  run(parameters: SQLQueryBindings[]): { changes: number; lastInsertRowid: number | bigint };
  iterate(parameters: SQLQueryBindings[]): Iterable<unknown>;
}

/** The part of `better-sqlite3` that kysely and the PDS call, over Bun's own SQLite: the package itself is a native build that Bun cannot load. */
export class SqliteDatabase {
  readonly #database: Database;

  constructor(path: string) {
    this.#database = new Database(path, { create: true });
  }

  pragma(text: string): unknown[] {
    return this.#database.prepare(`PRAGMA ${text}`).all();
  }

  prepare(text: string): PreparedStatement {
    const statement = this.#database.prepare<unknown, SQLQueryBindings[]>(text);
    return {
      reader: statement.columnNames.length > 0,
      all: (parameters) => statement.all(...parameters).map(withBuffers),
      run: (parameters) => statement.run(...parameters),
      *iterate(parameters) {
        for (const row of statement.iterate(...parameters)) yield withBuffers(row);
      },
    };
  }

  close(): void {
    this.#database.close();
  }
}

/** Blobs are `Buffer`s there and plain bytes here. */
function withBuffers(row: unknown): unknown {
  if (typeof row !== "object" || row === null) return row;
  return Object.fromEntries(
    Object.entries(row).map(([name, value]: [string, unknown]) => [
      name,
      value instanceof Uint8Array ? Buffer.from(value.buffer, value.byteOffset, value.byteLength) : value,
    ]),
  );
}
