import { Database } from "bun:sqlite";
import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { OUTBOX_STATES, type OutboxState } from "../../lib/outbox.ts";
import { openStore } from "../open.ts";
import type { Store, Transaction } from "../store.ts";
import { CAUSE, caught, makeProject, type Project } from "./testing/fixtures.ts";
import { startWriter } from "./testing/processes.ts";

let project: Project;
let store: Store;

beforeEach(() => {
  project = makeProject();
  store = openStore({ directory: project.directory, sync: "off" });
});
afterEach(async () => {
  await store.close();
  project.remove();
});

const OWNER = { pid: 1, boot: "b" };

async function addDelivery(): Promise<string> {
  const { id } = await store.transaction(CAUSE, (tx) =>
    tx.outbox.add({
      batch: "bat-1",
      platform: "ghost",
      account: "blog",
      class: "content",
      payload: { text: "true", media: [], wire: {} },
      warnings: [],
      setting_hash: "s",
      requested_by: "lead",
    }),
  );
  return id;
}

async function reserveCall(): Promise<string> {
  const { id } = await store.transaction(CAUSE, (tx) =>
    tx.paidCalls.reserve({
      plan: "p",
      category: "video",
      provider: "fal",
      model: "m",
      summary: "s",
      request: { prompt: "a" },
      estimate: { amount: 1, currency: "EUR" },
      approval: "apr-1",
      owner: OWNER,
      requested_by: "lead",
    }),
  );
  return id;
}

/** What somebody with the file in hand can do. */
function tamper(...statements: string[]): void {
  const database = new Database(project.path("ohmymkt.db"));
  try {
    for (const statement of statements) database.run(statement);
  } finally {
    database.close();
  }
}

describe("the database itself", () => {
  test.each([
    `payload = '{"text":"false","media":[],"wire":{}}'`,
    "payload_hash = 'x'",
    "key = 'x'",
    "id = 'x'",
    "platform = 'x'",
    "account = 'x'",
    "class = 'notice'",
    "batch = 'x'",
    "plan = 'x'",
    "asset = 'x'",
    "setting_hash = 'x'",
  ])("refuses that a delivery changes: %s", async (change) => {
    await addDelivery();
    expect(() => tamper(`UPDATE outbox SET ${change}`)).toThrow(/never changes/);
  });

  test.each(["amount = 0", "currency = 'USD'", "plan = 'x'", "request = '{}'", "approval = 'x'"])(
    "refuses that a paid call changes: %s",
    async (change) => {
      await reserveCall();
      expect(() => tamper(`UPDATE paid_call SET ${change}`)).toThrow(/never changes/);
    },
  );

  test("keeps every delivery that is no draft, and every paid call", async () => {
    await addDelivery();
    await reserveCall();
    expect(() => tamper("DELETE FROM paid_call")).toThrow(/never deleted/);
    for (const state of OUTBOX_STATES.filter((one) => one !== "draft")) {
      tamper(`UPDATE outbox SET state = '${state}'`);
      expect(() => tamper("DELETE FROM outbox")).toThrow(/never deleted/);
    }
    tamper("UPDATE outbox SET state = 'draft'", "DELETE FROM outbox");
  });

  test("knows the states of the table only, and no negative costs", async () => {
    await addDelivery();
    await reserveCall();
    expect(() => tamper("UPDATE outbox SET state = 'published'")).toThrow(/CHECK/);
    expect(() => tamper("UPDATE paid_call SET state = 'paid'")).toThrow(/CHECK/);
    expect(() => tamper("DROP TRIGGER paid_call_fixed", "UPDATE paid_call SET amount = -1")).toThrow(/CHECK/);
  });

  test.each([
    ["state IN(SELECT value FROM json_each('[]'))", "outbox_state"],
    ["state IN('approved','scheduled','retryable') AND (not_before IS NULL OR not_before <= 'x')", "outbox_state"],
    ["batch = 'x'", "outbox_batch"],
    ["campaign = 'x'", "outbox_campaign"],
    ["sent_at >= 'x' AND +state IN('sent','retracting','retract_failed')", "outbox_sent"],
  ])("finds rows with %s by an index", async (condition, index) => {
    await addDelivery();
    const database = new Database(project.path("ohmymkt.db"));
    const plan = JSON.stringify(
      database.query(`EXPLAIN QUERY PLAN SELECT * FROM outbox WHERE ${condition} ORDER BY seq LIMIT 9`).all(),
    );
    database.close();
    expect(plan).toContain(index);
  });
});

const damaged = (id: string, problem: RegExp): object => ({
  code: "corrupt_document",
  message: expect.stringMatching(new RegExp(`"${id}".*${problem.source}`)),
});

test.each([
  ["payload that is no JSON", "payload = '{'", /payload/],
  ["payload of another", `payload = '{"text":"false","media":[],"wire":{}}'`, /does not match its hash/],
  ["payload without text", `payload = '{"media":[],"wire":{}}'`, /payload\.text/],
  ["receipt that is none", "receipt = '[]'", /receipt/],
  ["owner without a boot", "owner_pid = 3", /owner\.boot/],
  ["number where text was", "approval = x'00'", /approval/],
])("a delivery with a %s is named, not believed", async (_what, change, problem) => {
  const id = await addDelivery();
  await reserveCall();
  tamper("DROP TRIGGER outbox_fixed", `UPDATE outbox SET ${change}`);
  const reads: ((tx: Transaction) => Promise<unknown>)[] = [
    (tx) => tx.outbox.get(id),
    (tx) => tx.outbox.list(),
    (tx) => tx.outbox.transition(id, "approved", { approval: "a" }),
  ];
  for (const read of reads) expect(await caught(store.transaction(CAUSE, read))).toMatchObject(damaged(id, problem));
  expect(await store.transaction(CAUSE, (tx) => tx.outbox.count())).toMatchObject({ draft: 1 });
});

test.each([
  ["request that is no JSON", "request = 'x'", /request/],
  ["request of another", `request = '{"prompt":"b"}'`, /does not match its hash/],
  ["currency that is none", "currency = 'money'", /estimate\.currency/],
  ["file without a hash", `file = '{"path":"a"}'`, /file\.hash/],
])("a paid call with a %s is named, not believed", async (_what, change, problem) => {
  const id = await reserveCall();
  tamper("DROP TRIGGER paid_call_fixed", `UPDATE paid_call SET ${change}`);
  const reads: ((tx: Transaction) => Promise<unknown>)[] = [(tx) => tx.paidCalls.get(id), (tx) => tx.paidCalls.list()];
  for (const read of reads) expect(await caught(store.transaction(CAUSE, read))).toMatchObject(damaged(id, problem));
});

test("a process that is killed while it stores a result leaves the row in sending, with owner and steps", async () => {
  const writer = startWriter(project.directory, "send", "boot-1", 2);
  while (writer.acknowledged() < 2) {
    await Promise.race([writer.ended, Bun.sleep(5)]);
    if (writer.acknowledged() === 0) await writer.started;
  }
  await writer.kill();
  expect((await writer.ended).errors).toBe("");
  await store.transaction(CAUSE, async (tx) => {
    const [item, ...others] = await tx.outbox.list();
    expect(others).toEqual([]);
    expect(item).toMatchObject({
      state: "sending" satisfies OutboxState,
      attempts: 1,
      owner: { pid: expect.any(Number), boot: "boot-1" },
      progress: { uploaded: true },
    });
    expect(item?.owner?.pid).not.toBe(process.pid);
    const rows = await tx.ledger.list({ subject: item?.id ?? "" });
    expect(rows.map(({ kind }) => kind)).toEqual(["outbox.sending", "outbox.approved", "outbox.draft"]);
    expect(await tx.ledger.verify()).toMatchObject({ ok: true });
    expect(await tx.outbox.transition(item?.id ?? "", "unknown")).toMatchObject({ state: "unknown" });
  });
}, 30_000);
