import { writeSync } from "node:fs";
import { openStore } from "../../open.ts";
import type { Transaction } from "../../store.ts";
import { Assets, CAUSE, Counter } from "./fixtures.ts";

/** A writing process: `writer.ts <directory> <count|assets|endless|import|send> <name> <times> <full|off>`; prints one line per transaction that returned. */
const [directory = "", mode = "", name = "", times = "0", sync = "full"] = process.argv.slice(2);
const store = openStore({ directory, sync: sync === "off" ? "off" : "full" });

async function count(tx: Transaction): Promise<number> {
  const now = (await tx.documents.read(Counter)) ?? { schema_version: 1 as const, count: 0 };
  const mine = (now.by?.[name] ?? 0) + 1;
  await tx.documents.write(Counter, { schema_version: 1, count: now.count + 1, by: { ...now.by, [name]: mine } });
  return mine;
}

async function addAsset(tx: Transaction, asset: string): Promise<void> {
  const now = await tx.documents.read(Assets);
  await tx.documents.write(Assets, { schema_version: 1, assets: [...(now?.assets ?? []), asset] });
}

/** Part `turn - 1` of one file with 2,000 rows in each. */
async function bringPart(tx: Transaction, turn: number): Promise<number> {
  const file = { file: "queries.csv", sha256: "a".repeat(64), format: "csv", source: "gsc", part: turn - 1 };
  const rows = Array.from({ length: 2000 }, (_, n) => ({
    track: "visibility_track",
    metric: "clicks",
    scope: `query=${n % 500}`,
    day: `2026-0${turn}-${String(1 + (n % 7)).padStart(2, "0")}`,
    value: (turn * 7919 + n) % 977,
  }));
  await tx.observations.importBatch(file, rows);
  return turn;
}

/** Turn 1 hands a delivery to the network; turn 2 begins to store its result and never ends. */
async function send(tx: Transaction, turn: number): Promise<number> {
  const owner = { pid: process.pid, boot: name };
  const { id } = await tx.outbox.add({
    batch: "bat-1",
    platform: "smtp",
    account: "me@example.org",
    class: "content",
    payload: { text: "once", media: [], wire: {} },
    warnings: [],
    setting_hash: "s",
    requested_by: name,
  });
  if (turn === 1) {
    await tx.outbox.transition(id, "approved", { approval: "apr-1" });
    await tx.outbox.transition(id, "sending", { owner, attempts: 1, started_at: tx.now });
    await tx.outbox.progress(id, owner, { uploaded: true });
    return turn;
  }
  await tx.outbox.transition(id, "sent", { receipt: { remote_id: "r" } });
  writeSync(1, "2\n");
  await Bun.sleep(60_000);
  return turn;
}

for (let turn = 1; mode === "endless" || turn <= Number(times); turn += 1) {
  const mine = await store.transaction(CAUSE, async (tx) => {
    if (mode === "import") return bringPart(tx, turn);
    if (mode === "send") return send(tx, turn);
    if (mode === "assets") await addAsset(tx, `${name}-${turn}`);
    if (mode === "endless") await tx.artifacts.write("reports/weekly/big.md", `${name} ${turn}\n`.repeat(6000));
    return count(tx);
  });
  writeSync(1, `${mine}\n`);
  if (mode === "endless") await Bun.sleep(Math.random() * 2);
}
await store.close();
