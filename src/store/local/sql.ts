import type { Database, SQLQueryBindings, Statement } from "bun:sqlite";

type Params = SQLQueryBindings[];

/** One connection with its prepared statements; rows come back in the shape that the caller names. */
export class Sql {
  readonly #database: Database;
  readonly #statements = new Map<string, Statement<unknown, Params>>();

  constructor(database: Database) {
    this.#database = database;
  }

  /** Runs one statement; the number of rows it changed. */
  run(sql: string, ...params: Params): number {
    return this.#prepare(sql).run(...params).changes;
  }

  // oxlint-disable-next-line typescript/no-unnecessary-type-parameters -- only the author of the statement knows the shape of its rows
  get<Row>(sql: string, ...params: Params): Row | undefined {
    return (this.#prepare(sql) as Statement<Row, Params>).get(...params) ?? undefined;
  }

  all<Row>(sql: string, ...params: Params): Row[] {
    return (this.#prepare(sql) as Statement<Row, Params>).all(...params);
  }

  /** Streams rows; the statement is its own, so other statements may run meanwhile. */
  *each<Row>(sql: string, ...params: Params): Generator<Row> {
    const statement = this.#database.prepare<Row, Params>(sql);
    try {
      yield* statement.iterate(...params);
    } finally {
      statement.finalize();
    }
  }

  /** Runs statements without parameters, separated by semicolons. */
  script(sql: string): void {
    this.#database.run(sql);
  }

  get inTransaction(): boolean {
    return this.#database.inTransaction;
  }

  /** Frees the prepared statements: a connection with live statements keeps its file open. */
  finalize(): void {
    for (const statement of this.#statements.values()) statement.finalize();
    this.#statements.clear();
  }

  close(): void {
    this.finalize();
    this.#database.close(true);
  }

  #prepare(sql: string): Statement<unknown, Params> {
    const known = this.#statements.get(sql);
    if (known !== undefined) return known;
    const statement = this.#database.prepare<unknown, Params>(sql);
    this.#statements.set(sql, statement);
    return statement;
  }
}
