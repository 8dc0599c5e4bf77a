import { writeSync } from "node:fs";
import { openStore } from "../../open.ts";
import type { Transaction } from "../../store.ts";
import { Assets, CAUSE, Counter } from "./fixtures.ts";

/** A writing process: `writer.ts <directory> <count|assets|endless> <name> <times> <full|off>`; prints one line per transaction that returned. */
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

for (let turn = 1; mode === "endless" || turn <= Number(times); turn += 1) {
  const mine = await store.transaction(CAUSE, async (tx) => {
    if (mode === "assets") await addAsset(tx, `${name}-${turn}`);
    if (mode === "endless") await tx.artifacts.write("reports/weekly/big.md", `${name} ${turn}\n`.repeat(6000));
    return count(tx);
  });
  writeSync(1, `${mine}\n`);
  if (mode === "endless") await Bun.sleep(Math.random() * 2);
}
await store.close();
