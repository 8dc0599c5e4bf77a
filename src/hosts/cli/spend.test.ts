import { afterEach, beforeEach, expect, test } from "bun:test";
import { openStore } from "../../store/open.ts";
import type { Transaction } from "../../store/store.ts";
import { makeWorkspace, type Workspace } from "../../testing/temp-workspace.ts";
import { runSample, type Ended } from "./testing/spawn.ts";

let workspace: Workspace;
beforeEach(() => {
  workspace = makeWorkspace();
});
afterEach(() => workspace.dispose());

const run = (...args: string[]): Promise<Ended> => runSample(workspace.directory, args);
async function look<T>(work: (tx: Transaction) => Promise<T>): Promise<T> {
  const store = openStore({ directory: workspace.directory, sync: "off" });
  try {
    return await store.transaction({ actor: { host: "opencode" }, tool: "ohmymkt_generate_image" }, work);
  } finally {
    await store.close();
  }
}
/** A call of a process that is gone, so that nobody knows what became of it. */
const lost = (summary: string): Promise<string> =>
  look(async (tx) => {
    const { id } = await tx.paidCalls.reserve({
      plan: "spring",
      category: "image",
      provider: "openai",
      model: "gpt-image-2",
      summary,
      request: {},
      estimate: { amount: 0.5, currency: "EUR" },
      approval: "apr-1",
      owner: { pid: 4_000_000, boot: "an earlier run" },
      requested_by: "content-ops (opencode)",
    });
    return id;
  });
const committed = (): Promise<unknown> => look((tx) => tx.paidCalls.committed("spring"));

test("a project without state, or without such calls, has nothing to resolve", async () => {
  expect((await run("spend")).out).toContain("No paid call waits");
  await look(async () => undefined);
  expect(await run("spend")).toMatchObject({ code: 0, out: expect.stringContaining("No paid call waits") });
});

test("what was not charged goes back to the budget, what was stays spent, and the ledger says who found out", async () => {
  const [free, paid] = [await lost("a"), await lost("b")];
  expect(await committed()).toEqual([{ amount: 1, currency: "EUR" }]);
  const { out } = await run("spend");
  expect(out).toContain(`${free}  EUR 0.5 of the plan spring, image by openai gpt-image-2`);
  expect(out).toContain("the process that made the call ended before the answer");
  expect((await run("spend", "--not-charged", free)).out).toContain(`${free}  EUR 0.5`);
  expect((await run("spend", "--charged", paid)).out).toContain("stays spent.");
  expect(await committed()).toEqual([{ amount: 0.5, currency: "EUR" }]);
  const [row] = await look((tx) => tx.ledger.list({ subject: free, limit: 1 }));
  expect(row).toMatchObject({ actor: { host: "cli" }, after: "released" });
  expect(JSON.parse((await run("spend", "--json")).out)).toEqual({ uncertain: [] });
});

test("only what is uncertain can be resolved, once, and not from an agent's shell", async () => {
  const id = await lost("a");
  const agent = await runSample(workspace.directory, ["spend", "--not-charged", id], {
    env: { OHMYMKT_AGENT_SHELL: "1" },
  });
  expect(agent.err).toContain("not_allowed: an agent's shell may not resolve what was charged");
  expect((await run("spend", "--charged", id, "--not-charged", id)).err).toContain("got both");
  expect((await run("spend", "--charged", "pay-none")).err).toContain('not_found: there is no paid call "pay-none"');
  expect((await run("spend", "--charged", id)).code).toBe(0);
  const again = await run("spend", "--not-charged", id);
  expect(again.err).toContain(`invalid_transition: the paid call ${id} is done`);
  expect(again.err).toContain("Next: `ohmymkt spend`");
});
