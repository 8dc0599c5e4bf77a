import { describe, expect, test } from "bun:test";
import type { Transaction } from "../store.ts";
import { type Bench, at, HOUR, refused } from "./bench.ts";

/** What holds for the ledger and for the approvals in it. */
export function ledgerPromises(bench: Bench): void {
  const { run, pass } = bench;
  describe("approvals", () => {
    test("count for one subject and one use, and every step is in the ledger", async () => {
      const subjects = [
        { plan: "p", hash: "1" },
        { plan: "p", hash: "2" },
      ] as const;
      const asked = await run((tx) => tx.approvals.request({ kind: "plan", subject: subjects[0], summary: "start p" }));
      await run(async (tx) => {
        expect(
          await tx.approvals.request({ kind: "plan", subject: { hash: "1", plan: "p" }, summary: "again" }),
        ).toEqual(asked);
        expect(await tx.approvals.granted("plan", subjects[0])).toBeUndefined();
        expect(await tx.approvals.use(asked.id).catch((error: unknown) => error)).toEqual(refused("approval_required"));
        await tx.approvals.decide(asked.id, { approved: true, how: "cli_prompt", reason: "fine" });
      });
      await run(async (tx) => {
        expect(await tx.approvals.granted("plan", subjects[1])).toBeUndefined();
        expect(await tx.approvals.granted("gate", subjects[0])).toBeUndefined();
        expect(await tx.approvals.granted("plan", subjects[0])).toMatchObject({
          id: asked.id,
          status: "approved",
          decided_how: "cli_prompt",
          reason: "fine",
        });
        expect(
          await tx.approvals.decide(asked.id, { approved: false, how: "cli_prompt" }).catch((error: unknown) => error),
        ).toEqual(refused("invalid_transition"));
        expect(await tx.approvals.use(asked.id)).toMatchObject({ status: "used" });
      });
      await run(async (tx) => {
        expect(await tx.approvals.use(asked.id).catch((error: unknown) => error)).toEqual(refused("stale", /used/));
        expect(await tx.approvals.granted("plan", subjects[0])).toBeUndefined();
        expect((await tx.ledger.list({ subject: asked.id })).map(({ kind }) => kind)).toEqual([
          "approval.used",
          "approval.approved",
          "approval.requested",
        ]);
        expect(await tx.ledger.latest("approval.approved", asked.id)).toMatchObject({
          reason: "fine",
          evidence: { kind: "plan", subject_hash: asked.subject_hash, summary: "start p", how: "cli_prompt" },
        });
      });
    });

    test("a rejected one cannot be used, and can be asked again", async () => {
      await run(async (tx) => {
        const { id } = await tx.approvals.request({ kind: "spend", subject: 1, summary: "s" });
        await tx.approvals.decide(id, { approved: false, how: "host_prompt", reason: "too dear" });
        expect(await tx.approvals.use(id).catch((error: unknown) => error)).toEqual(refused("approval_rejected"));
        expect((await tx.approvals.request({ kind: "spend", subject: 1, summary: "s" })).id).not.toBe(id);
        expect(await tx.approvals.use("apr-none").catch((error: unknown) => error)).toEqual(refused("not_found"));
      });
    });

    test.each([false, true])("lapse after 24 hours (approved: %j)", async (approve) => {
      const { id } = await run((tx) => tx.approvals.request({ kind: "gate", subject: 1, summary: "s" }));
      if (approve) await run((tx) => tx.approvals.decide(id, { approved: true, how: "cli_yes" }));
      pass(24 * HOUR);
      expect(await run((tx) => tx.approvals.get(id))).toMatchObject({ status: approve ? "approved" : "pending" });
      pass(1);
      expect(await run((tx) => tx.approvals.granted("gate", 1))).toBeUndefined();
      expect(await run((tx) => tx.approvals.list({ status: "lapsed" }))).toMatchObject([{ id }]);
      expect(await run((tx) => tx.approvals.use(id)).catch((error: unknown) => error)).toEqual(
        refused("stale", /lapsed/),
      );
      expect((await run((tx) => tx.approvals.request({ kind: "gate", subject: 1, summary: "s" }))).id).not.toBe(id);
    });
  });

  describe("the ledger", () => {
    test("chains rows, reads them back as appended, and verifies", async () => {
      const evidence = { text: "ü \u2028 🚀", list: [null, 1.5, { z: 1, a: undefined }], none: null };
      const first = await run((tx) =>
        tx.ledger.append({ kind: "gate.opened", subject: "strategy_gate", evidence, before: null, after: false }),
      );
      await run((tx) => tx.ledger.append({ kind: "gate.closed", subject: "strategy_gate", reason: "late" }));
      await run(async (tx) => {
        expect(await tx.ledger.latest("gate.opened", "strategy_gate")).toEqual(first);
        expect(first).toMatchObject({ seq: 1, at: at(0), before: null, after: false });
        const head = await tx.ledger.head();
        expect(head.seq).toBe(2);
        expect(await tx.ledger.verify()).toEqual({ ok: true, head: head.hash, rows: 2 });
        expect(await tx.ledger.verify([{ seq: 1, hash: first.hash }])).toMatchObject({ ok: true });
        expect(await tx.ledger.verify([{ seq: 1, hash: head.hash }])).toMatchObject({ ok: false, seq: 1 });
        expect(await tx.ledger.verify([{ seq: 3, hash: head.hash }])).toMatchObject({ ok: false, seq: 3 });
      });
    });

    test("lists by kind, prefix, subject and time, newest first", async () => {
      for (const [kind, about] of [
        ["gate.opened", "a"],
        ["gate.closed", "a"],
        ["gates.seeded", "b"],
        ["plan.written", "a"],
      ] as const) {
        await run((tx) => tx.ledger.append({ kind, subject: about }));
        pass(HOUR);
      }
      await run(async (tx) => {
        const kinds = async (filter: Parameters<Transaction["ledger"]["list"]>[0]) =>
          (await tx.ledger.list(filter)).map(({ kind }) => kind);
        expect(await kinds({})).toEqual(["plan.written", "gates.seeded", "gate.closed", "gate.opened"]);
        expect(await kinds({ kind: "gate.*" })).toEqual(["gate.closed", "gate.opened"]);
        expect(await kinds({ kind: "gate.opened" })).toEqual(["gate.opened"]);
        expect(await kinds({ subject: "a", limit: 1, offset: 1 })).toEqual(["gate.closed"]);
        expect(await kinds({ from: at(1), to: "2026-02-01T11:00:00Z" })).toEqual(["gates.seeded", "gate.closed"]);
      });
    });
  });
}
