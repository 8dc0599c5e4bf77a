import { expect, test } from "bun:test";
import { MemoryProject } from "../../testing/memory-state.ts";
import { openMemoryStore } from "../../testing/memory-store.ts";
import { carryOver } from "./carry-over.ts";

test("what waits in the outbox survives a compaction in one line; an empty outbox takes none", async () => {
  const store = openMemoryStore(new MemoryProject(), { now: () => new Date("2026-01-01T00:00:00.000Z") });
  const run = <T>(work: Parameters<typeof store.transaction<T>>[1]): Promise<T> =>
    store.transaction({ actor: { host: "library" }, tool: "test" }, work);
  await run((tx) => tx.ledger.append({ kind: "test.begun", subject: "x" }));
  const lines = async (): Promise<string[]> =>
    ((await carryOver(store, { session: "s", ultrawork: false })) ?? "")
      .split("\n")
      .filter((line) => /outbox/.test(line));
  expect(await lines()).toEqual([]);
  for (const text of ["one", "two"])
    await run(async (tx) => {
      const base = { batch: "b", platform: "x", account: "me", class: "content" as const, warnings: [] };
      const payload = { text, media: [], wire: {} };
      const { id } = await tx.outbox.add({ ...base, setting_hash: "s", requested_by: "t", payload });
      await tx.outbox.transition(id, "approved", { approval: "apr-1" });
      if (text === "two") return;
      await tx.outbox.transition(id, "sending", { owner: { pid: 1, boot: "b" } });
      await tx.outbox.transition(id, "unknown");
    });
  expect(await lines()).toEqual(['outbox: 1 approved, 1 unknown; ohmymkt_publish {action: "status"} lists them']);
  await store.close();
});
