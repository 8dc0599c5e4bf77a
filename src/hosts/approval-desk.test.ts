import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import type { Approval } from "../lib/approvals.ts";
import { openStore } from "../store/open.ts";
import type { Store } from "../store/store.ts";
import { makeWorkspace, type Workspace } from "../testing/temp-workspace.ts";
import type { ApprovalRequest } from "../tools/ohmymkt/define.ts";
import { createApprovalDesk, decideApproval, type Answer, type ApprovalDesk } from "./approval-desk.ts";

const CAUSE = { actor: { host: "library" as const }, tool: "test" };
const REQUEST: ApprovalRequest = { kind: "gate", subject: { field: "approved" }, summary: "open it" };
const YES: Answer = { approved: true, how: "host_prompt" };
const NO: Answer = { approved: false, how: "host_prompt", reason: "not yet" };

let workspace: Workspace;
let store: Store;
let asked: Approval[];
beforeEach(() => {
  workspace = makeWorkspace();
  store = openStore({ directory: workspace.directory, sync: "off" });
  asked = [];
});
afterEach(async () => {
  await store.close();
  workspace.dispose();
});

function desk(answer: (row: Approval) => Promise<Answer | undefined>): ApprovalDesk {
  return createApprovalDesk({ store, ...CAUSE, ask: (row) => (asked.push(row), answer(row)) });
}
/** What the promise is rejected with; what it returns when it is not. */
const failure = (promise: Promise<unknown>): Promise<unknown> => promise.catch((error: unknown) => error);
const rows = (): Promise<Approval[]> => store.transaction(CAUSE, (tx) => tx.approvals.list());
const elsewhere = (id: string, answer: Answer): Promise<Approval> =>
  store.transaction(CAUSE, (tx) => decideApproval(tx, id, answer));

describe("approve", () => {
  test("returns the approved row; the question was durable before it was asked", async () => {
    const approval = await desk(async (row) => {
      expect((await rows()).map(({ id, status }) => ({ id, status }))).toEqual([{ id: row.id, status: "pending" }]);
      return YES;
    }).approve(REQUEST);
    expect(approval).toMatchObject({
      status: "approved",
      decided_how: "host_prompt",
      summary: "open it",
      requested_by: { host: "library" },
    });
  });

  test("a row that was granted before is not asked for again", async () => {
    const first = await desk(async () => YES).approve(REQUEST);
    const second = await desk(async () => NO).approve(REQUEST);
    expect({ id: second.id, asked: asked.length }).toEqual({ id: first.id, asked: 1 });
  });

  test("a granted row of another subject or kind does not count", async () => {
    await desk(async () => YES).approve(REQUEST);
    await desk(async () => YES).approve({ ...REQUEST, subject: { field: "other" } });
    await desk(async () => YES).approve({ ...REQUEST, kind: "plan" });
    expect(asked).toHaveLength(3);
  });

  test("no is recorded with its reason and thrown", async () => {
    const error = await failure(desk(async () => NO).approve(REQUEST));
    expect(error).toMatchObject({ code: "approval_rejected", message: 'a person said no to "open it": not yet' });
    expect(await rows()).toMatchObject([{ status: "rejected", reason: "not yet" }]);
  });

  test("nobody there: the row waits, the error names it, and the next call asks for the same row", async () => {
    const nobody = desk(async () => undefined);
    const [first, second] = await Promise.all([failure(nobody.approve(REQUEST)), failure(nobody.approve(REQUEST))]);
    const [row] = await rows();
    expect(await rows()).toHaveLength(1);
    for (const error of [first, second])
      expect(error).toMatchObject({ code: "approval_required", message: expect.stringContaining(row?.id ?? "no row") });
  });

  test.each([
    ["yes", YES, NO, { status: "approved" }],
    ["no", NO, YES, { code: "approval_rejected" }],
  ])(
    "an answer elsewhere while the question stands (%s) is the one that counts",
    async (_name, first, later, expected) => {
      const result = desk(async (row) => {
        await elsewhere(row.id, first);
        return later;
      }).approve(REQUEST);
      expect(await failure(result)).toMatchObject(expected);
    },
  );

  test("a row that was answered and used up elsewhere is stale", async () => {
    const result = desk(async (row) => {
      await elsewhere(row.id, YES);
      await store.transaction(CAUSE, (tx) => tx.approvals.use(row.id));
      return YES;
    }).approve(REQUEST);
    expect(await failure(result)).toMatchObject({ code: "stale" });
  });
});

test("decide asks for a row that waits already", async () => {
  const row = await store.transaction(CAUSE, (tx) => tx.approvals.request(REQUEST));
  expect(await desk(async () => YES).decide(row)).toMatchObject({ id: row.id, status: "approved" });
});
