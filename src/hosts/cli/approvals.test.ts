import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { join } from "node:path";
import { makeWorkspace, type Workspace } from "../../testing/temp-workspace.ts";
import { openStore } from "../../store/open.ts";
import type { Approval } from "../../lib/approvals.ts";
import { printable } from "../printable.ts";
import { runOnTerminal, runSample, type Ended } from "./testing/spawn.ts";

let workspace: Workspace;
beforeEach(() => void (workspace = makeWorkspace()));
afterEach(() => workspace.dispose());
const run = (...args: string[]): Promise<Ended> => runSample(workspace.directory, args);
const set = (number: number, ...more: string[]): string[] => ["update-gates", "--number", String(number), ...more];

async function rows(): Promise<Partial<Approval>[]> {
  const store = openStore({ directory: workspace.directory, sync: "off" });
  const all = await store.transaction({ actor: { host: "cli" }, tool: "test" }, (tx) => tx.approvals.list());
  await store.close();
  return all.map(({ status, decided_how, reason }) => ({
    status,
    ...(decided_how && { decided_how }),
    ...(reason && { reason }),
  }));
}

async function pendingId(): Promise<string> {
  const { err } = await run(...set(5));
  return /apr-\w+/.exec(err)?.[0] ?? "";
}

describe("on a terminal", () => {
  test("yes", async () => {
    const { code, out } = await runOnTerminal(workspace.directory, set(5), [
      ["approve gate: number 5 (a note) [y/N] ", "y\n"],
    ]);
    expect(code).toBe(0);
    expect(out).toContain("number is 5 (cli_prompt)");
    expect(await rows()).toEqual([{ status: "used", decided_how: "cli_prompt" }]);
  });

  test("the question stays on the screen when the result goes to a file", async () => {
    const file = join(workspace.directory, "result.json");
    const { out } = await runOnTerminal(workspace.directory, set(5, "--json"), [["[y/N] ", "y\n"]], file);
    expect(out).toContain("approve gate: number 5 (a note) [y/N] ");
    expect(await Bun.file(file).json()).toEqual({ number: 5, revision: 1, how: "cli_prompt" });
  });

  test("no, with a reason that the next reader sees", async () => {
    const { code, out } = await runOnTerminal(workspace.directory, set(5), [
      ["[y/N] ", "n\n"],
      ["Why not? (optional) ", "太早了\n"],
    ]);
    expect(code).toBe(1);
    expect(out).toContain('approval_rejected: a person said no to "number 5 (a note)": 太早了');
    expect(await rows()).toEqual([{ status: "rejected", decided_how: "cli_prompt", reason: "太早了" }]);
  });

  test.each([
    ["an empty line", "\n"],
    ["anything else", "yess\n"],
  ])("%s is a no", async (_name, typed) => {
    expect(
      (
        await runOnTerminal(workspace.directory, set(5), [
          ["[y/N] ", typed],
          ["Why not?", "\n"],
        ])
      ).code,
    ).toBe(1);
    expect(await rows()).toEqual([{ status: "rejected", decided_how: "cli_prompt" }]);
  });

  test.each([
    ["the end of the input", "\u0004", 1],
    ["Ctrl-C", "\u0003", 130],
  ])("%s is no answer: the question stays", async (_name, typed, code) => {
    const ended = await runOnTerminal(workspace.directory, set(5), [["[y/N] ", typed]]);
    expect(ended.code).toBe(code);
    expect(await rows()).toEqual([{ status: "pending" }]);
  });

  test("`approvals` asks one after the other", async () => {
    await run(...set(5));
    await run(...set(6));
    const { code, out } = await runOnTerminal(
      workspace.directory,
      ["approvals"],
      [
        ["number 5 (a note) [y/N] ", "y\n"],
        ["number 6 (a note) [y/N] ", "n\n"],
        ["Why not?", "no\n"],
      ],
    );
    expect(code).toBe(0);
    expect(out).toContain("is rejected: number 6 (a note) (no)");
    expect(await rows()).toEqual([
      { status: "approved", decided_how: "cli_prompt" },
      { status: "rejected", decided_how: "cli_prompt", reason: "no" },
    ]);
  });
});

describe("without a terminal", () => {
  test("the call is refused, names the row, and asks no second time for the same subject", async () => {
    const first = await pendingId();
    const { code, out, err } = await runSample(workspace.directory, set(5), { input: "y\n" });
    expect({ code, out }).toEqual({ code: 1, out: "" });
    expect(err).toContain(`approval_required`);
    expect(err).toContain(`--approve ${first}`);
    expect(err).toContain("--yes");
    expect(await rows()).toEqual([{ status: "pending" }]);
  });

  test("--yes approves, says so on stderr, and leaves stdout to the result", async () => {
    const { code, out, err } = await run(...set(5, "--yes", "--json"));
    expect(code).toBe(0);
    expect(JSON.parse(out)).toEqual({ number: 5, revision: 1, how: "cli_yes" });
    expect(err).toBe("approve gate: number 5 (a note)\napproved with --yes\n");
    expect(await rows()).toEqual([{ status: "used", decided_how: "cli_yes" }]);
  });

  test("an approval given in between counts once, for that subject", async () => {
    const id = await pendingId();
    expect((await run("approvals", "--approve", id)).code).toBe(0);
    expect((await run(...set(6))).code).toBe(1);
    expect((await run(...set(5))).code).toBe(0);
    expect((await run(...set(5))).code).toBe(1);
  });

  test("--reject keeps the reason; a second answer is refused", async () => {
    const id = await pendingId();
    const { code, out } = await run("approvals", "--reject", id, "--reason", "later", "--json");
    expect(code).toBe(0);
    expect(JSON.parse(out)).toMatchObject({ answered: [{ id, status: "rejected", reason: "later" }] });
    expect((await run("approvals", "--approve", id)).err).toStartWith("invalid_transition: ");
  });

  test("`approvals` lists, and creates nothing where there is no state", async () => {
    expect(await run("approvals")).toEqual({ code: 0, out: "Nothing waits for an approval.\n", err: "" });
    const id = await pendingId();
    expect((await run("approvals")).out).toContain(id);
    expect((await run("approvals", "ask")).err).toContain(
      `approval_required: nobody answered; approvals that wait: ${id}`,
    );
    expect(await rows()).toEqual([{ status: "pending" }]);
  });
});

test("a summary cannot repaint the question", () => {
  expect(printable("a\u001B[2Kb\u202Ec\r\nd\te")).toBe("a\uFFFD[2Kb\uFFFDc\uFFFD\n  d e");
});
