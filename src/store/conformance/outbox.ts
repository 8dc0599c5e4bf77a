import { describe, expect, test } from "bun:test";
import { hashValue } from "../../lib/canonical.ts";
import {
  type NewOutboxItem,
  OUTBOX_STATES,
  OUTBOX_TRANSITIONS,
  type OutboxChange,
  type OutboxItem,
  outboxKey,
  type OutboxState,
} from "../../lib/outbox.ts";
import type { Transaction } from "../store.ts";
import { type Bench, at, HOUR, refused } from "./bench.ts";

const OWNER = { pid: 7, boot: "boot-1" };

const delivery = (text: string, more: Partial<NewOutboxItem> = {}): NewOutboxItem => ({
  batch: "bat-1",
  platform: "bluesky",
  account: "me.example",
  class: "content",
  payload: { text, media: [], wire: {} },
  warnings: [],
  setting_hash: "s",
  requested_by: "lead (cli)",
  ...more,
});

/** The states from `draft` to this one. */
const WAY: Record<OutboxState, readonly OutboxState[]> = {
  draft: [],
  approved: ["approved"],
  scheduled: ["approved", "scheduled"],
  sending: ["approved", "sending"],
  sent: ["approved", "sending", "sent"],
  unknown: ["approved", "sending", "unknown"],
  retryable: ["approved", "sending", "retryable"],
  rejected: ["approved", "sending", "rejected"],
  quota_paused: ["approved", "sending", "quota_paused"],
  held: ["approved", "held"],
  cancelled: ["cancelled"],
  retracting: ["approved", "sending", "sent", "retracting"],
  retracted: ["approved", "sending", "sent", "retracting", "retracted"],
  retract_failed: ["approved", "sending", "sent", "retracting", "retract_failed"],
};

let asked = 0;

/** What each state needs to be reached. */
const ground = (to: OutboxState): OutboxChange => {
  if (to === "approved") return { approval: `apr-${(asked += 1)}` };
  if (to === "sent") return { receipt: { remote_id: "r" }, approval: "apr-sent" };
  return to === "sending" ? { owner: OWNER } : {};
};

async function move(tx: Transaction, id: string, states: readonly OutboxState[]): Promise<void> {
  for (const to of states) await tx.outbox.transition(id, to, ground(to));
}

/** What holds for deliveries. */
export function outboxPromises(bench: Bench): void {
  const { run, pass } = bench;
  const made = (state: OutboxState, text: string = state, more: Partial<NewOutboxItem> = {}): Promise<OutboxItem> =>
    run(async (tx) => {
      const { id } = await tx.outbox.add(delivery(text, more));
      await move(tx, id, WAY[state]);
      const item = await tx.outbox.get(id);
      if (!item) throw new Error(`${id} is gone`);
      return item;
    });
  const refusal = (work: (tx: Transaction) => Promise<unknown>): Promise<unknown> =>
    run(work).catch((error: unknown) => error);

  describe("the outbox", () => {
    test("holds a draft with its hashes, in the ledger, and another store sees it as it is", async () => {
      const given = delivery("Hi 👋 \u0000 'x'; DROP TABLE outbox; --", {
        plan: "p",
        campaign: "c\u0007",
        asset: "a",
        warnings: ["no alt text"],
        not_before: "2026-02-01T11:00:00+01:00",
        payload: {
          text: "half \ud83d and \u202e عربي",
          title: "T",
          html: "<p>",
          media: [{ path: "a.png", hash: "h", mime: "image/png", size: 3, alt: "A" }],
          to: "x@example.org",
          at: "2026-03-01T10:00:00Z",
          wire: { facets: [{ a: null }], n: 1.5 },
        },
      });
      const one = await run((tx) => tx.outbox.add(given));
      expect(one).toEqual({
        ...given,
        id: one.id,
        state: "draft",
        key: outboxKey(given),
        payload_hash: hashValue(given.payload),
        not_before: "2026-02-01T10:00:00.000Z",
        attempts: 0,
        created_at: at(0),
        updated_at: at(0),
      });
      expect(one.id).toMatch(/^out-[0-9a-z]{10,}$/);
      const other = bench.another();
      expect(await run((tx) => tx.outbox.get(one.id), other)).toEqual(one);
      await other.close();
      expect(await run((tx) => tx.ledger.list({ subject: one.id }))).toEqual([
        expect.objectContaining({
          kind: "outbox.draft",
          after: "draft",
          evidence: { platform: "bluesky", account: "me.example", payload_hash: one.payload_hash },
        }),
      ]);
      expect(await run((tx) => tx.outbox.get("out-none"))).toBeUndefined();
    });

    test("holds the same delivery once: a second one gets the first row as it is by now", async () => {
      const first = await made("sent", "a", { plan: "p", asset: "x" });
      const head = await run((tx) => tx.ledger.head());
      pass(HOUR);
      const again = await run((tx) =>
        tx.outbox.add(delivery("a", { plan: "p", asset: "x", batch: "bat-2", warnings: ["late"] })),
      );
      expect(again).toEqual(first);
      expect(await run((tx) => tx.ledger.head())).toEqual(head);
      const others: Partial<NewOutboxItem>[] = [
        { plan: "q", asset: "x" },
        { plan: "p", asset: "y" },
        { plan: "p", asset: "x", platform: "mastodon" },
        { plan: "p", asset: "x", account: "you.example" },
        { plan: "p", asset: "x", payload: { text: "b", media: [], wire: {} } },
        { plan: "p", asset: "x", payload: { text: "a", media: [], wire: {}, to: "x@example.org" } },
        { plan: "p", asset: "x", payload: { text: "a", media: [], wire: {}, at: "2026-03-01T10:00:00Z" } },
      ];
      for (const more of others) await run((tx) => tx.outbox.add(delivery("a", more)));
      expect(await run((tx) => tx.outbox.list())).toHaveLength(1 + others.length);
    });

    test("knows one instant in any spelling, and the same content anew by its number", async () => {
      const add = (more: Partial<NewOutboxItem>): Promise<OutboxItem> =>
        run((tx) => tx.outbox.add(delivery("a", more)));
      const first = await add({ not_before: "2026-03-01T10:00:00Z" });
      expect(await add({ not_before: "2026-03-01T11:00:00+01:00" })).toEqual(first);
      expect((await add({ not_before: "2026-03-01T11:00:00Z" })).id).not.toBe(first.id);
      const anew = await add({ not_before: "2026-03-01T10:00:00Z", repeat: 1 });
      expect(anew.id).not.toBe(first.id);
      expect(anew).not.toHaveProperty("repeat");
      expect(await add({ not_before: "2026-03-01T10:00:00Z", repeat: 1 })).toEqual(anew);
    });

    test("is amended without a transition, in the ledger, and never loses its ground", async () => {
      const before = await made("sent");
      pass(HOUR);
      const problem = { kind: "missing", message: "no longer there" };
      const after = await run((tx) =>
        tx.outbox.amend(before.id, { problem, progress: { seen: 1 } }, { reason: "look" }),
      );
      expect(after).toEqual({ ...before, problem, progress: { seen: 1 }, updated_at: at(1) });
      expect(await run((tx) => tx.ledger.latest("outbox.sent", before.id))).toMatchObject({
        reason: "look",
        before: "sent",
        after: "sent",
        evidence: { problem },
      });
      const bare: OutboxChange = { approval: null };
      for (const change of [bare, JSON.parse('{"state":"draft"}') as OutboxChange, { attempts: -1 }])
        expect(await refusal((tx) => tx.outbox.amend(before.id, change, { reason: "x" }))).toEqual(
          refused("invalid_arguments"),
        );
      expect(await run((tx) => tx.outbox.get(before.id))).toEqual(after);
      expect(await refusal((tx) => tx.outbox.amend("out-none", {}, { reason: "x" }))).toEqual(refused("not_found"));
    });

    test("moves along the table only; what is refused changes nothing", async () => {
      for (const from of OUTBOX_STATES) {
        for (const to of OUTBOX_STATES) {
          const before = await made(from, `${from} ${to}`);
          const head = await run((tx) => tx.ledger.head());
          const outcome = await refusal((tx) => tx.outbox.transition(before.id, to, ground(to)));
          const after = await run((tx) => tx.outbox.get(before.id));
          const allowed: readonly OutboxState[] = OUTBOX_TRANSITIONS[from];
          if (allowed.includes(to)) {
            expect([from, to, outcome]).toEqual([from, to, expect.objectContaining({ state: to })]);
            expect(outcome).toEqual(after);
            expect(await run((tx) => tx.ledger.latest(`outbox.${to}`, before.id))).toMatchObject({
              seq: head.seq + 1,
              before: from,
              after: to,
            });
          } else {
            expect([from, to, outcome]).toEqual([from, to, refused("invalid_transition")]);
            expect(after).toEqual(before);
            expect(await run((tx) => tx.ledger.head())).toEqual(head);
          }
        }
      }
      const counts = await run((tx) => tx.outbox.count());
      expect(Object.keys(counts)).toEqual([...OUTBOX_STATES]);
      expect(Object.values(counts).reduce((sum, count) => sum + count, 0)).toBe(OUTBOX_STATES.length ** 2);
    });

    test("keeps what comes with a transition, and tells the ledger of it", async () => {
      const { id } = await made("draft");
      pass(HOUR);
      await run((tx) =>
        tx.outbox.transition(id, "approved", { approval: "apr-x", not_before: "2026-02-01T12:00:00+01:00" }),
      );
      const sending = await run((tx) =>
        tx.outbox.transition(id, "sending", { owner: OWNER, attempts: 1, started_at: at(1), not_before: null }),
      );
      expect(sending).toMatchObject({ approval: "apr-x", owner: OWNER, attempts: 1, started_at: at(1) });
      expect(sending).not.toHaveProperty("not_before");
      expect(await run((tx) => tx.outbox.progress(id, OWNER, { uploaded: ["blob"] }))).toMatchObject({
        progress: { uploaded: ["blob"] },
      });
      pass(HOUR);
      const problem = { kind: "rate_limited", message: "later", status: 429 };
      const later = await run((tx) =>
        tx.outbox.transition(
          id,
          "retryable",
          { problem, not_before: at(3) },
          { reason: "asked to wait", evidence: { retry_after: 3600 } },
        ),
      );
      expect(later).toMatchObject({ problem, not_before: at(3), progress: { uploaded: ["blob"] } });
      expect(later).not.toHaveProperty("owner");
      expect(await run((tx) => tx.ledger.latest("outbox.retryable", id))).toMatchObject({
        reason: "asked to wait",
        evidence: { approval: "apr-x", problem, note: { retry_after: 3600 } },
      });
      await run((tx) => tx.outbox.transition(id, "sending", { owner: OWNER, attempts: 2 }));
      const receipt = { remote_id: "r", url: "https://x", remote_hash: "h", remote: { cid: "c" } };
      const sent = await run((tx) => tx.outbox.transition(id, "sent", { receipt, problem: null, progress: null }));
      expect(sent).toEqual({
        ...delivery("draft"),
        id,
        key: sent.key,
        payload_hash: sent.payload_hash,
        state: "sent",
        approval: "apr-x",
        not_before: at(3),
        attempts: 2,
        started_at: at(1),
        receipt,
        sent_at: at(2),
        created_at: at(0),
        updated_at: at(2),
      });
      expect(await run((tx) => tx.ledger.latest("outbox.sent", id))).toMatchObject({
        evidence: { receipt: { remote_id: "r", url: "https://x", remote_hash: "h" } },
      });
      expect(await run((tx) => tx.ledger.verify())).toMatchObject({ ok: true });
    });

    test("has a time for everything that was sent or taken back, the caller's or its own", async () => {
      const { id } = await made("unknown");
      pass(2 * HOUR);
      const sent = await run((tx) => tx.outbox.transition(id, "sent", { sent_at: "2026-02-01T10:30:00+01:00" }));
      expect(sent.sent_at).toBe("2026-02-01T09:30:00.000Z");
      await run((tx) => tx.outbox.transition(id, "retracting"));
      const gone = await run((tx) => tx.outbox.transition(id, "retracted", { retracted_at: null }));
      expect(gone).toMatchObject({ sent_at: sent.sent_at, retracted_at: at(2) });
    });

    test.each<[string, OutboxState, OutboxState, OutboxChange, RegExp]>([
      ["approved without an approval", "draft", "approved", {}, /approval/],
      ["approved again after held without a new approval", "held", "approved", {}, /new approval/],
      ["sent by nobody", "approved", "sending", {}, /owner/],
      ["left without its approval", "approved", "scheduled", { approval: null }, /approval/],
      ["given a wrong receipt", "sending", "sent", JSON.parse('{"receipt":{"url":"x"}}'), /receipt.remote_id/],
      ["given a wrong number of attempts", "sending", "unknown", { attempts: -1 }, /attempts/],
      ["given no number of attempts", "sending", "unknown", JSON.parse('{"attempts":null}'), /attempts/],
      ["given a wrong time", "sending", "sent", { sent_at: "yesterday" }, /ISO 8601.*yesterday/],
      ["given another payload", "sending", "sent", JSON.parse('{"payload":{"text":"x"}}'), /payload/],
      ["given another id", "sending", "sent", JSON.parse('{"id":"out-other"}'), /id/],
    ])("is never %s", async (_what, from, to, change, pattern) => {
      const before = await made(from);
      const head = await run((tx) => tx.ledger.head());
      expect(await refusal((tx) => tx.outbox.transition(before.id, to, change))).toEqual(
        refused("invalid_arguments", pattern),
      );
      expect(await run((tx) => tx.outbox.get(before.id))).toEqual(before);
      expect(await run((tx) => tx.ledger.head())).toEqual(head);
    });

    test("an old approval does not free what was held", async () => {
      const { id, approval } = await made("held");
      expect(await refusal((tx) => tx.outbox.transition(id, "approved", { approval }))).toEqual(
        refused("invalid_arguments", /new approval/),
      );
      expect(await run((tx) => tx.outbox.transition(id, "approved", { approval: "apr-new" }))).toMatchObject({
        state: "approved",
        approval: "apr-new",
      });
    });

    test("takes steps of a sending from its owner only", async () => {
      const { id } = await made("sending");
      for (const owner of [
        { pid: 8, boot: "boot-1" },
        { pid: 7, boot: "boot-2" },
      ])
        expect(await refusal((tx) => tx.outbox.progress(id, owner, { step: 1 }))).toEqual(refused("stale"));
      await run((tx) => tx.outbox.transition(id, "unknown"));
      expect(await refusal((tx) => tx.outbox.progress(id, OWNER, { step: 1 }))).toEqual(refused("stale", /unknown/));
      expect(await run((tx) => tx.outbox.get(id))).not.toHaveProperty("progress");
      const back = await made("sent", "to be taken back");
      await run((tx) => tx.outbox.transition(back.id, "retracting", { owner: OWNER }));
      expect(await refusal((tx) => tx.outbox.progress(back.id, OWNER, { step: 1 }))).toEqual(refused("stale"));
    });

    test("is listed oldest first, by state, batch, platform, campaign and asset", async () => {
      for (const state of OUTBOX_STATES) await made(state);
      await made("draft", "x", { batch: "bat-2", platform: "smtp", campaign: "spring", asset: "hero" });
      await run(async (tx) => {
        const texts = async (filter: Parameters<Transaction["outbox"]["list"]>[0]) =>
          (await tx.outbox.list(filter)).map(({ payload }) => payload.text);
        expect(await texts({})).toEqual([...OUTBOX_STATES, "x"]);
        expect(await texts({ state: ["held", "sent"] })).toEqual(["sent", "held"]);
        expect(await texts({ state: [] })).toEqual([]);
        for (const filter of [{ batch: "bat-2" }, { platform: "smtp" }, { campaign: "spring" }, { asset: "hero" }])
          expect(await texts(filter)).toEqual(["x"]);
        expect(await texts({ limit: 2, offset: 1 })).toEqual(["approved", "scheduled"]);
        expect(await tx.outbox.count()).toMatchObject({ draft: 2, sent: 1, retract_failed: 1 });
      });
    });

    test("knows what may be sent now", async () => {
      for (const state of OUTBOX_STATES) await made(state);
      await made("approved", "later", { not_before: at(2) });
      const due = async (): Promise<string[]> =>
        (await run((tx) => tx.outbox.list({ due: true }))).map(({ payload }) => payload.text);
      expect(await due()).toEqual(["approved", "scheduled", "retryable"]);
      pass(2 * HOUR - 1);
      expect(await due()).not.toContain("later");
      pass(1);
      expect(await due()).toEqual(["approved", "scheduled", "retryable", "later"]);
    });

    test("knows what changed from an instant on", async () => {
      await made("sent", "early");
      const { id } = await made("draft", "woken");
      pass(HOUR);
      await made("held", "late");
      await run((tx) => tx.outbox.transition(id, "cancelled"));
      const rows = await run((tx) => tx.outbox.list({ updatedFrom: at(1), limit: 5 }));
      expect(rows.map(({ payload }) => payload.text)).toEqual(["woken", "late"]);
    });

    test("knows what a platform keeps for its time, whatever its state", async () => {
      const kept = { remote_id: "r", scheduled_for: at(3) };
      for (const state of ["scheduled", "held"] as const) {
        const { id } = await made("sending", state);
        await run((tx) => tx.outbox.transition(id, "scheduled", { receipt: kept }));
        if (state === "held") await run((tx) => tx.outbox.transition(id, "held"));
      }
      await made("scheduled", "ours");
      await made("sent");
      const texts = async (state?: readonly OutboxState[]): Promise<string[]> =>
        (await run((tx) => tx.outbox.list({ onPlatform: true, ...(state ? { state } : {}) }))).map(
          ({ payload }) => payload.text,
        );
      expect(await texts()).toEqual(["scheduled", "held"]);
      expect(await texts(["held"])).toEqual(["held"]);
    });

    test("takes a platform's word, with its receipt, that it was faster than a hold", async () => {
      for (const state of ["held", "cancelled"] as const) {
        const { id } = await made(state);
        expect(await refusal((tx) => tx.outbox.transition(id, "sent", { approval: "apr-x" }))).toEqual(
          refused("invalid_arguments", /receipt/),
        );
      }
    });

    test("takes two spellings of one mailbox for one recipient", async () => {
      const to = (address: string) => ({ payload: { text: "Hi", media: [], wire: {}, to: address } });
      const first = await made("sent", "a", to("Ann@Example.org"));
      expect(await run((tx) => tx.outbox.add(delivery("a", to("ann@example.org"))))).toEqual(first);
    });

    test("knows what was sent from an instant on and still stands", async () => {
      await made("sent", "early");
      pass(HOUR);
      for (const state of OUTBOX_STATES) await made(state);
      const from = async (sentFrom: string): Promise<string[]> =>
        (await run((tx) => tx.outbox.list({ sentFrom }))).map(({ payload }) => payload.text);
      expect(await from(at(1))).toEqual(["sent", "retracting", "retract_failed"]);
      expect(await from("2026-02-01T10:00:00+01:00")).toEqual(["early", "sent", "retracting", "retract_failed"]);
      expect(await from(at(2))).toEqual([]);
      expect(await refusal((tx) => tx.outbox.list({ sentFrom: "noon" }))).toEqual(refused("invalid_arguments", /noon/));
    });

    test.each<[string, object, RegExp]>([
      ["no platform", { platform: "" }, /platform/],
      ["an unknown class", { class: "advert" }, /class/],
      ["a payload without text", { payload: { media: [], wire: {} } }, /payload.text/],
      ["a payload with a stranger", { payload: { text: "x", media: [], wire: {}, author: "me" } }, /payload.author/],
      ["half a character in an account", { account: "a\ud800" }, /account/],
      ["a wrong time", { not_before: "soon" }, /soon/],
      ["an approval of its own", { approval: "apr-1" }, /approval/],
      ["a state of its own", { state: "sent" }, /state/],
      ["a payload beyond reason", { payload: { text: "x".repeat(5_000_000), media: [], wire: {} } }, /4194304/],
    ])("refuses %s", async (_what, more, pattern) => {
      const given: NewOutboxItem = { ...delivery("a"), ...more };
      expect(await refusal((tx) => tx.outbox.add(given))).toEqual(refused("invalid_arguments", pattern));
      expect(await run((tx) => tx.outbox.list())).toEqual([]);
      expect(await run((tx) => tx.ledger.head())).toMatchObject({ seq: 0 });
    });

    test("does not find what is not there", async () => {
      for (const work of [
        (tx: Transaction) => tx.outbox.transition("out-none", "approved"),
        (tx: Transaction) => tx.outbox.progress("out-none", OWNER, {}),
      ])
        expect(await refusal(work)).toEqual(refused("not_found", /out-none/));
    });

    test("forgets a transition whose transaction fails, ledger row included", async () => {
      const before = await made("approved");
      const head = await run((tx) => tx.ledger.head());
      await refusal(async (tx) => {
        await tx.outbox.transition(before.id, "sending", { owner: OWNER });
        await tx.outbox.add(delivery("another"));
        throw new Error("no");
      });
      expect(await run((tx) => tx.outbox.list())).toEqual([before]);
      expect(await run((tx) => tx.ledger.head())).toEqual(head);
    });
  });
}
