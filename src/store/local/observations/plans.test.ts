import { Database } from "bun:sqlite";
import { afterAll, beforeEach, expect, test } from "bun:test";
import { Sql } from "../sql.ts";
import { getObservation, listObservations } from "./list.ts";
import { measuredSeries, sumDays } from "./read.ts";
import { OBSERVATION_SCHEMA } from "./schema.ts";
import { eachScope } from "./series.ts";

/** A connection that writes down how the engine answers each question. */
class Explained extends Sql {
  readonly steps: string[] = [];

  // oxlint-disable-next-line typescript/no-unnecessary-type-parameters -- as in the class itself
  override get<Row>(sql: string, ...params: Parameters<Sql["get"]>[1][]): Row | undefined {
    this.#explain(sql, params);
    return super.get<Row>(sql, ...params);
  }

  override all<Row>(sql: string, ...params: Parameters<Sql["all"]>[1][]): Row[] {
    this.#explain(sql, params);
    return super.all<Row>(sql, ...params);
  }

  override *each<Row>(sql: string, ...params: Parameters<Sql["each"]>[1][]): Generator<Row> {
    this.#explain(sql, params);
    yield* super.each<Row>(sql, ...params);
  }

  #explain(sql: string, params: Parameters<Sql["all"]>[1][]): void {
    const plan = super.all<{ detail: string }>(`EXPLAIN QUERY PLAN ${sql}`, ...params);
    this.steps.push(...plan.map(({ detail }) => detail));
  }
}

let sql = new Explained(new Database(":memory:"));
beforeEach(() => {
  sql.close();
  sql = new Explained(new Database(":memory:"));
  sql.script(OBSERVATION_SCHEMA);
  for (let n = 1; n <= 300; n += 1) {
    sql.run(
      `INSERT INTO series VALUES(?, 'clicks', ?, 'gsc', 'visibility_track', 'count')`,
      n,
      n === 1 ? "" : `query=${n}`,
    );
    sql.run(`INSERT INTO observation VALUES(?, 0, ?, 1, NULL, 1, 1, 0)`, n, n);
  }
  sql.script("ANALYZE");
});
afterAll(() => sql.close());

const WINDOW = { metric: "clicks", from: "1970-01-01", to: "1970-01-31" };

test.each<[string, () => unknown]>([
  ["one series", () => measuredSeries(sql, { ...WINDOW, scope: "" })],
  ["series by prefix", () => measuredSeries(sql, { ...WINDOW, scopePrefix: "query=1" })],
  ["sums of a source", () => sumDays(sql, { ...WINDOW, source: "gsc" })],
  ["scopes", () => eachScope(sql, { metric: "clicks", scopePrefix: "query=1" }, () => undefined)],
  ["a list of a metric", () => listObservations(sql, { metric: "clicks", from: "1970-01-01T00:00:00Z" })],
  ["a list of a scope", () => listObservations(sql, { metric: "clicks", scope: "query=7" })],
  ["a list of everything about the whole property", () => listObservations(sql, { to: "1970-01-31T00:00:00Z" })],
  ["one by its id", () => getObservation(sql, "obs-1-0-1")],
])("%s seeks, and never walks all series or observations", async (_what, ask) => {
  await ask();
  expect(sql.steps.filter((step) => /SEARCH/.test(step))).not.toEqual([]);
  expect(sql.steps.filter((step) => /^SCAN (?!s USING INDEX series_total)(?!old_observation_id)/.test(step))).toEqual(
    [],
  );
});
