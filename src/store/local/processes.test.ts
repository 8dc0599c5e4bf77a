import { afterEach, beforeEach, expect, test } from "bun:test";
import { existsSync, readdirSync } from "node:fs";
import { openStore } from "../open.ts";
import { Assets, CAUSE, Counter, makeProject, type Project } from "./testing/fixtures.ts";
import { startWriter, type Writer } from "./testing/processes.ts";

const KILLS = process.env["OHMYMKT_FULL"] === "1" ? 300 : 40;

let project: Project;
beforeEach(() => {
  project = makeProject();
});
afterEach(() => project.remove());

test("two processes that change one document 300 times each lose nothing", async () => {
  const writers = ["a", "b"].map((name) => startWriter(project.directory, "count", name, 300, "off"));
  for (const writer of writers) expect(await writer.ended).toEqual({ code: 0, errors: "" });
  expect(JSON.parse(project.text(Counter.path))).toEqual({ schema_version: 1, count: 600, by: { a: 300, b: 300 } });
  await checkRecords(project, 600);
}, 60_000);

test("two processes that add 10 assets each to one document keep all 20", async () => {
  const writers = ["a", "b"].map((name) => startWriter(project.directory, "assets", name, 10, "off"));
  for (const writer of writers) expect(await writer.ended).toEqual({ code: 0, errors: "" });
  const { assets } = Assets.schema.parse(JSON.parse(project.text(Assets.path)));
  expect(assets.toSorted()).toEqual(
    ["a", "b"].flatMap((name) => Array.from({ length: 10 }, (_, i) => `${name}-${i + 1}`)).toSorted(),
  );
}, 60_000);

test(`${KILLS} kills of two writing processes tear no file and lose no acknowledged write`, async () => {
  const acknowledged = new Map<string, number>();
  let born = 0;
  const start = (): Writer => startWriter(project.directory, "endless", `w${(born += 1)}`);
  const writers = [start(), start()];
  for (let kill = 0; kill < KILLS; kill += 1) {
    const slot = kill % 2;
    const victim = writers[slot];
    if (victim === undefined) throw new Error("a writer is missing");
    await victim.started;
    await Bun.sleep(Math.random() * 12);
    await victim.kill();
    expect((await victim.ended).errors).toBe("");
    acknowledged.set(victim.name, victim.acknowledged());
    expectWhole(project);
    writers[slot] = start();
  }
  for (const writer of writers) {
    await writer.kill();
    acknowledged.set(writer.name, writer.acknowledged());
  }
  expectWhole(project);
  const total = [...acknowledged.values()].reduce((sum, count) => sum + count, 0);
  const { by } = await checkRecords(project, total);
  for (const [name, count] of acknowledged) {
    // One more than acknowledged is possible: killed between the commit and the line that tells of it.
    expect([count, count + 1]).toContain(by[name] ?? 0);
  }
  expect(total).toBeGreaterThan(KILLS);
}, 300_000);

/** Whatever the moment, each file is one whole revision. */
function expectWhole({ path, text }: Project): void {
  if (existsSync(path(Counter.path))) Counter.schema.parse(JSON.parse(text(Counter.path)));
  if (!existsSync(path("reports/weekly/big.md"))) return;
  const lines = text("reports/weekly/big.md").split("\n");
  expect(lines).toHaveLength(6001);
  expect(new Set(lines.slice(0, -1)).size).toBe(1);
}

/** Opens the project afresh, as the next process would, and looks for traces of damage. */
async function checkRecords({ directory, path }: Project, atLeast: number): Promise<{ by: Record<string, number> }> {
  const store = openStore({ directory });
  const counter = await store.transaction(CAUSE, (tx) => tx.documents.revision(Counter));
  await store.transaction(CAUSE, async (tx) => {
    expect(await tx.ledger.verify()).toMatchObject({ ok: true });
    for (const kind of [
      "document.hand_edit",
      "document.superseded",
      "document.imported",
      "artifact.hand_edit",
      "artifact.superseded",
      "artifact.imported",
    ]) {
      expect(await tx.ledger.list({ kind })).toEqual([]);
    }
    expect(await tx.ledger.list({ kind: "document.write", subject: Counter.path })).toHaveLength(
      counter?.revision ?? -1,
    );
  });
  await store.close();
  expect(counter).toMatchObject({ origin: "ours" });
  expect(counter?.value.count).toBeGreaterThanOrEqual(atLeast);
  expect(readdirSync(path(".tmp"))).toEqual([]);
  return { by: counter?.value.by ?? {} };
}
