import { Database } from "bun:sqlite";
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { cpSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { GENESIS, ledgerHash, verifyChain, type LedgerRow } from "../../lib/ledger.ts";
import { openStore } from "../../store/open.ts";
import { storedLedgerRow, type StoredLedgerRow } from "../../store/local/ledger.ts";
import { makeWorkspace, type Workspace } from "../../testing/temp-workspace.ts";
import { toolBench } from "../../testing/tool-bench.ts";
import { sampleExports } from "../metric-imports/testing/sample-exports.ts";
import { verifyState, type StateCheck } from "./verify-state.ts";

let workspace: Workspace;
let rows: StoredLedgerRow[];
let copies = 0;

/** A project with imported data, an incident, three decisions and a report. */
beforeAll(async () => {
  workspace = makeWorkspace();
  const bench = toolBench({ directory: join(workspace.directory, "origin"), now: Date.parse("2026-10-20T18:00:00Z") });
  mkdirSync(join(workspace.directory, "origin"), { recursive: true });
  const samples = sampleExports();
  for (const [name, content] of [
    ["gsc.zip", samples.gscZip],
    ["pages.csv", samples.ga4Pages],
  ] as const) {
    writeFileSync(join(workspace.directory, "origin", name), content);
    await bench.call("import_metrics", { file: name }, "growth-analyst");
  }
  await bench.call("run_cycle", { cadence: "monthly" });
  await bench.call("incident", { severity: "P0", module: "scale_loop", summary: "wrong price live" });
  await bench.call("run_cycle", { cadence: "weekly" });
  await bench.call(
    "update_metrics",
    { track: "quality_track", metric: "leads", value: 4, source: "crm" },
    "growth-analyst",
  );
  await bench.call("run_cycle", { cadence: "quarterly" });
  await bench.call("report_growth", {});
  await bench.store.close();
  using database = open("origin");
  rows = database.query<StoredLedgerRow, []>("SELECT * FROM ledger ORDER BY seq").all();
});
afterAll(() => workspace.dispose());

function open(name: string): Database {
  return new Database(join(workspace.directory, name, ".ohmymkt/ohmymkt.db"), { strict: true });
}

/** The check of a copy of the project whose database was changed by somebody who knows how it is made. */
async function afterTampering(
  change: (database: Database) => void,
  changeFiles: (directory: string) => void = () => undefined,
): Promise<StateCheck> {
  const name = `copy-${(copies += 1)}`;
  cpSync(join(workspace.directory, "origin"), join(workspace.directory, name), { recursive: true });
  const database = open(name);
  const triggers = database
    .query<{ name: string }, []>("SELECT name FROM sqlite_schema WHERE type = 'trigger' AND name LIKE '%_no_%'")
    .all();
  for (const trigger of triggers) database.run(`DROP TRIGGER ${trigger.name}`);
  change(database);
  database.close();
  changeFiles(join(workspace.directory, name));
  const store = openStore({ directory: join(workspace.directory, name), sync: "off" });
  try {
    return await store.transaction({ actor: { host: "library" }, tool: "test" }, verifyState);
  } finally {
    await store.close();
  }
}

/** Writes the chain again from a changed row on, head included, as a forger would. */
function forge(database: Database, from: number, changed: Partial<StoredLedgerRow>): void {
  let prev = from === 1 ? GENESIS : (rows[from - 2]?.hash ?? "");
  for (const row of rows.slice(from - 1)) {
    const stored = { ...row, ...(row.seq === from ? changed : {}), prev };
    const { hash: _old, ...unsealed } = storedLedgerRow(stored);
    const hash = ledgerHash(unsealed);
    database.run("UPDATE ledger SET reason = ?, after = ?, prev = ?, hash = ? WHERE seq = ?", [
      stored.reason,
      stored.after,
      prev,
      hash,
      row.seq,
    ]);
    prev = hash;
  }
  database.run("UPDATE ledger_head SET hash = ?", [prev]);
}

test("an untouched project is whole, and every decision comes out the same", async () => {
  const check = await afterTampering(() => undefined);
  expect(check).toMatchObject({
    ok: true,
    ledger: { ok: true },
    observations: { ok: true },
    decisions: 3,
    different: [],
  });
  expect(check.heads).toBe(4);
});

test("a head that a report only quotes proves nothing against the ledger", async () => {
  const check = await afterTampering(
    () => undefined,
    (directory) =>
      writeFileSync(join(directory, ".ohmymkt/reports/quoting.md"), `- a title with 1:${"a".repeat(64)} in it\n`),
  );
  expect(check).toMatchObject({ ok: true, heads: 4 });
});

describe("the ledger", () => {
  test("every single changed byte of every row is found at its row", () => {
    const chain = rows.map(storedLedgerRow);
    let bytes = 0;
    for (const row of rows) {
      for (const [column, value] of Object.entries(row)) {
        if (typeof value !== "string") continue;
        const text = Buffer.from(value);
        for (let at = 0; at < text.length; at += 1) {
          const other = Buffer.from(text);
          other[at] = (other[at] ?? 0) === 0x30 ? 0x31 : 0x30;
          const forged: LedgerRow = storedLedgerRow({ ...row, [column]: other.toString() });
          const found = verifyChain([...chain.slice(0, row.seq - 1), forged]);
          if (found.ok || found.seq !== row.seq)
            throw new Error(`row ${row.seq}, ${column}, byte ${at}: ${JSON.stringify(found)}`);
          bytes += 1;
        }
      }
    }
    expect(bytes).toBeGreaterThan(10_000);
  }, 60_000);

  test("every cut tail is found, also when the recorded head is cut with it", async () => {
    for (const keep of [0, 1, Math.floor(rows.length / 2), rows.length - 1]) {
      const plain = await afterTampering((database) => database.run("DELETE FROM ledger WHERE seq > ?", [keep]));
      expect(plain.ledger).toMatchObject({ ok: false, seq: keep + 1 });
    }
    const last = lastHead();
    for (let keep = 1; keep < last; keep += 3) {
      const hidden = await afterTampering((database) => {
        database.run("DELETE FROM ledger WHERE seq > ?", [keep]);
        database.run("UPDATE ledger_head SET seq = ?, hash = ?", [keep, rows[keep - 1]?.hash ?? ""]);
      });
      expect(hidden.ledger).toMatchObject({ ok: false, seq: keep + 1, problem: expect.stringContaining("is missing") });
    }
  }, 60_000);

  test("a row rewritten with its whole chain is found by the heads in the reports, which are named", async () => {
    for (let from = 1; from <= lastHead(); from += 3) {
      const check = await afterTampering((database) => forge(database, from, { reason: "forged" }));
      expect(check).toMatchObject({ ok: false, ledger: { ok: false, problem: expect.stringContaining("rewritten") } });
      if (!check.ledger.ok) expect(check.ledger.seq).toBeGreaterThanOrEqual(from);
      expect(check.report).toStartWith("reports/");
    }
  }, 60_000);
});

describe("observations", () => {
  test.each([
    ["a changed value", "UPDATE observation SET value = value + 1 WHERE seq = 40"],
    ["a removed row", "DELETE FROM observation WHERE seq = 40"],
    ["another source", "UPDATE series SET source = 'forged' WHERE id = 3"],
  ])("%s is found, and its batch named", async (_what, statement) => {
    const check = await afterTampering((database) => database.run(statement));
    expect(check).toMatchObject({ ok: false, observations: { ok: false, batch: expect.any(String) } });
  });
});

/** Sequence number of the newest head that a report carries. */
function lastHead(): number {
  return (rows.findLast((row) => row.kind === "report.written")?.seq ?? 0) - 4;
}
