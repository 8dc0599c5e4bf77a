import { describe, expect, test } from "bun:test";
import { hashValue } from "../../lib/canonical.ts";
import {
  COUNTED_STATES,
  type NewPaidCall,
  PAID_CALL_STATES,
  PAID_CALL_TRANSITIONS,
  type PaidCall,
  type PaidCallState,
} from "../../lib/paid-calls.ts";
import type { Transaction } from "../store.ts";
import { type Bench, at, HOUR, refused } from "./bench.ts";

const OWNER = { pid: 7, boot: "boot-1" };
const OPERATION = { operation: { name: "operations/1" } };

const call = (summary: string, more: Partial<NewPaidCall> = {}): NewPaidCall => ({
  plan: "spring",
  category: "image",
  provider: "openai",
  model: "gpt-image-2",
  summary,
  request: { prompt: "a cat \u0000 \ud83d", n: 1 },
  estimate: { amount: 0.1, currency: "EUR" },
  approval: "apr-1",
  owner: OWNER,
  requested_by: "lead (cli)",
  ...more,
});

/** The states from `reserved` to this one. */
const WAY: Record<PaidCallState, readonly PaidCallState[]> = {
  reserved: [],
  started: ["started"],
  unknown: ["unknown"],
  done: ["started", "done"],
  failed: ["started", "failed"],
  released: ["released"],
};

/** What holds for calls that cost money. */
export function paidCallPromises(bench: Bench): void {
  const { run, pass } = bench;
  const made = (state: PaidCallState, more: Partial<NewPaidCall> = {}): Promise<PaidCall> =>
    run(async (tx) => {
      let one = await tx.paidCalls.reserve(call(state, more));
      for (const to of WAY[state]) one = await tx.paidCalls.transition(one.id, to, to === "started" ? OPERATION : {});
      return one;
    });
  const refusal = (work: (tx: Transaction) => Promise<unknown>): Promise<unknown> =>
    run(work).catch((error: unknown) => error);

  describe("paid calls", () => {
    test("are reserved with their estimate, in the ledger, and another store sees them as they are", async () => {
      const one = await run((tx) => tx.paidCalls.reserve(call("a")));
      expect(one).toEqual({
        ...call("a"),
        id: one.id,
        state: "reserved",
        request_hash: hashValue(call("a").request),
        created_at: at(0),
        updated_at: at(0),
      });
      expect(one.id).toMatch(/^pay-[0-9a-z]{10,}$/);
      const other = bench.another();
      expect(await run((tx) => tx.paidCalls.get(one.id), other)).toEqual(one);
      await other.close();
      expect(await run((tx) => tx.ledger.latest("spend.reserved", one.id))).toMatchObject({
        after: "reserved",
        evidence: {
          provider: "openai",
          model: "gpt-image-2",
          plan: "spring",
          estimate: { amount: 0.1, currency: "EUR" },
          approval: "apr-1",
          request_hash: one.request_hash,
        },
      });
      expect(await run((tx) => tx.paidCalls.get("pay-none"))).toBeUndefined();
    });

    test("keep operation, file and problem, and tell the ledger of the file's hash", async () => {
      const { id } = await made("reserved");
      pass(HOUR);
      expect(await run((tx) => tx.paidCalls.transition(id, "started", OPERATION))).toMatchObject(OPERATION);
      const owner = { pid: 8, boot: "boot-2" };
      expect(await run((tx) => tx.paidCalls.assign(id, owner))).toMatchObject({ owner, ...OPERATION });
      await run((tx) => tx.paidCalls.transition(id, "unknown", { problem: "no answer" }));
      pass(HOUR);
      const file = { path: ".ohmymkt/assets/images/a.png", hash: "f".repeat(64) };
      expect(await run((tx) => tx.paidCalls.transition(id, "done", { file }))).toMatchObject({
        state: "done",
        owner,
        file,
        problem: "no answer",
        created_at: at(0),
        updated_at: at(2),
        ...OPERATION,
      });
      expect(await run((tx) => tx.ledger.latest("spend.done", id))).toMatchObject({
        before: "unknown",
        after: "done",
        evidence: { file_hash: file.hash, problem: "no answer" },
      });
      expect(await run((tx) => tx.ledger.verify())).toMatchObject({ ok: true });
    });

    test("move along the table only; what is refused changes nothing", async () => {
      for (const from of PAID_CALL_STATES) {
        for (const to of PAID_CALL_STATES) {
          const before = await made(from);
          const head = await run((tx) => tx.ledger.head());
          const outcome = await refusal((tx) => tx.paidCalls.transition(before.id, to, OPERATION));
          const after = await run((tx) => tx.paidCalls.get(before.id));
          const allowed: readonly PaidCallState[] = PAID_CALL_TRANSITIONS[from];
          if (allowed.includes(to)) {
            expect([from, to, outcome]).toEqual([from, to, expect.objectContaining({ state: to })]);
            expect(outcome).toEqual(after);
          } else {
            expect([from, to, outcome]).toEqual([from, to, refused("invalid_transition")]);
            expect(after).toEqual(before);
            expect(await run((tx) => tx.ledger.head())).toEqual(head);
          }
        }
      }
    });

    test("count against their plan unless they certainly cost nothing, by currency and without binary dust", async () => {
      for (const state of PAID_CALL_STATES) await made(state);
      await made("done", { estimate: { amount: 3, currency: "USD" } });
      await made("done", { plan: "autumn" });
      expect(COUNTED_STATES).toHaveLength(5);
      expect(await run((tx) => tx.paidCalls.committed("spring"))).toEqual([
        { amount: 0.5, currency: "EUR" },
        { amount: 3, currency: "USD" },
      ]);
      for (const _ of [1, 2, 3]) await made("reserved", { plan: "dust" });
      expect(await run((tx) => tx.paidCalls.committed("dust"))).toEqual([{ amount: 0.3, currency: "EUR" }]);
      expect(await run((tx) => tx.paidCalls.committed("none"))).toEqual([]);
    });

    test("never pass a budget that two stores check in their transactions", async () => {
      const other = bench.another();
      const spend = (store = bench.store): Promise<boolean> =>
        run(async (tx) => {
          const [committed] = await tx.paidCalls.committed("tight");
          if ((committed?.amount ?? 0) + 0.1 > 1) return false;
          await tx.paidCalls.reserve(call("a", { plan: "tight" }));
          return true;
        }, store);
      const spent = await Promise.all(Array.from({ length: 30 }, (_, n) => spend(n % 2 === 0 ? bench.store : other)));
      expect(spent.filter(Boolean)).toHaveLength(10);
      expect(await run((tx) => tx.paidCalls.committed("tight"))).toEqual([{ amount: 1, currency: "EUR" }]);
      await other.close();
    });

    test("are listed oldest first, by state and plan", async () => {
      for (const state of PAID_CALL_STATES) await made(state);
      await made("reserved", { plan: "autumn" });
      await run(async (tx) => {
        const summaries = async (filter: Parameters<Transaction["paidCalls"]["list"]>[0]) =>
          (await tx.paidCalls.list(filter)).map(({ summary }) => summary);
        expect(await summaries({})).toEqual([...PAID_CALL_STATES, "reserved"]);
        expect(await summaries({ state: ["done", "started"] })).toEqual(["started", "done"]);
        expect(await summaries({ plan: "autumn" })).toEqual(["reserved"]);
        expect(await summaries({ plan: "spring", limit: 2, offset: 1 })).toEqual(["started", "unknown"]);
      });
    });

    test.each<[string, object, RegExp]>([
      ["no plan", { plan: "" }, /plan/],
      ["no approval", { approval: "" }, /approval/],
      ["a negative estimate", { estimate: { amount: -1, currency: "EUR" } }, /estimate.amount/],
      ["an endless estimate", { estimate: { amount: Infinity, currency: "EUR" } }, /estimate.amount/],
      ["a currency that is none", { estimate: { amount: 1, currency: "euro" } }, /estimate.currency/],
      ["a category that costs nothing", { category: "publish" }, /category/],
      ["an owner without a boot", { owner: { pid: 1, boot: "" } }, /owner.boot/],
      ["a state of its own", { state: "done" }, /state/],
      ["half a character in a summary", { summary: "\udc00" }, /summary/],
    ])("are refused with %s", async (_what, more, pattern) => {
      const given: NewPaidCall = { ...call("a"), ...more };
      expect(await refusal((tx) => tx.paidCalls.reserve(given))).toEqual(refused("invalid_arguments", pattern));
      expect(await run((tx) => tx.paidCalls.list())).toEqual([]);
    });

    test("are not started before their operation is stored", async () => {
      const before = await made("reserved");
      expect(await refusal((tx) => tx.paidCalls.transition(before.id, "started"))).toEqual(
        refused("invalid_arguments", /operation/),
      );
      expect(await run((tx) => tx.paidCalls.get(before.id))).toEqual(before);
    });

    test("have no new owner after their end", async () => {
      for (const state of ["done", "failed", "released"] as const) {
        const { id } = await made(state);
        expect(await refusal((tx) => tx.paidCalls.assign(id, OWNER))).toEqual(refused("invalid_transition"));
      }
    });

    test("do not find what is not there", async () => {
      for (const work of [
        (tx: Transaction) => tx.paidCalls.transition("pay-none", "done"),
        (tx: Transaction) => tx.paidCalls.assign("pay-none", OWNER),
      ])
        expect(await refusal(work)).toEqual(refused("not_found", /pay-none/));
    });
  });
}
