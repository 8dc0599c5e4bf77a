import { expect, test } from "bun:test";
import type { NewOutboxItem, OutboxChange, OutboxState } from "../../lib/outbox.ts";
import { MemoryProject } from "../../testing/memory-state.ts";
import { openMemoryStore } from "../../testing/memory-store.ts";
import { publishingLines } from "./outside.ts";

const DAY = 86_400_000;
const GROUND: Partial<Record<OutboxState, OutboxChange>> = {
  approved: { approval: "apr-1" },
  sending: { owner: { pid: 1, boot: "b" } },
  sent: { receipt: { remote_id: "r", url: "https://a.example/1", remote_hash: "h" } },
};

test("a report tells what is open whatever its age, what ended of late, and a mailing in one line", async () => {
  let now = Date.parse("2026-01-01T00:00:00.000Z");
  const store = openMemoryStore(new MemoryProject(), { now: () => new Date(now) });
  const run = <T>(work: Parameters<typeof store.transaction<T>>[1]): Promise<T> =>
    store.transaction({ actor: { host: "library" }, tool: "test" }, work);
  const made = (text: string, states: readonly OutboxState[], over: Partial<NewOutboxItem> = {}, to?: string) =>
    run(async (tx) => {
      const payload = { text, media: [], wire: {}, ...(to ? { to } : {}) };
      const base = { batch: text, platform: "smtp", account: "me", class: "content" as const, warnings: [] };
      const { id } = await tx.outbox.add({ ...base, setting_hash: "s", requested_by: "t", payload, ...over });
      for (const state of states) await tx.outbox.transition(id, state, GROUND[state]);
    });
  await made("lost", ["approved", "sending", "unknown"]);
  await made("old", ["approved", "sending", "sent"]);
  now += 100 * DAY;
  for (let at = 0; at < 30; at += 1)
    await made("letter", ["approved", "sending", at < 28 ? "sent" : "rejected"], {}, `r${at}@example.org`);
  await made("draft", []);
  await made("gone", ["cancelled"]);
  const lines = await run((tx) => publishingLines(tx, new Date(now - DAY).toISOString()));
  expect(lines?.map(({ title, status, receipt }) => [title, status, receipt])).toEqual([
    ["lost", "unknown", undefined],
    ["letter (28 recipients)", "sent", undefined],
    ["letter (2 recipients)", "failed", undefined],
  ]);
  await store.close();
});
