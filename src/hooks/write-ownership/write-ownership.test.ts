import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { mkdirSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { makeWorkspace, type Workspace } from "../../testing/temp-workspace.ts";
import { toolBench, type ToolBench } from "../../testing/tool-bench.ts";
import { guardOwnership } from "./write-ownership.ts";

let workspace: Workspace;
let bench: ToolBench;
const AGENTS: Record<string, string> = { ses_writer: "content-writer", ses_seo: "seo-engineer" };

beforeEach(() => {
  workspace = makeWorkspace();
  bench = toolBench({ directory: workspace.directory });
});
afterEach(async () => {
  await bench.store.close();
  workspace.dispose();
});

const guard = (session: string, tool: string, args: unknown): Promise<void> =>
  guardOwnership(
    { session, tool, args },
    {
      directory: workspace.directory,
      store: async () => bench.store,
      agentOf: async (id) => AGENTS[id],
    },
  );

async function claimed(artifacts: string[]): Promise<{ id: string; token: string }> {
  const work = { title: "Write", objective: "o", owner: "content-writer", acceptance_criteria: ["3 posts"], artifacts };
  await bench.call("task_create", { tasks: [work] }, "execution-manager");
  const { value } = await bench.call("task_claim", {}, "content-writer");
  const { claim } = value as { claim: { token: string; task: { id: string } } };
  return { id: claim.task.id, token: claim.token };
}

describe("while a task is claimed", () => {
  test.each<[string, string[], string, unknown]>([
    ["a write", ["content/blog/**"], "write", { filePath: "content/blog/a.md" }],
    ["an edit", ["content/blog/**"], "edit", { filePath: "content/blog/deep/b.md" }],
    ["a path with dots", ["content/blog/**"], "edit", { filePath: "docs/../content/blog/a.md" }],
    ["another case of letters", ["content/blog/**"], "write", { filePath: "Content/Blog/A.md" }],
    ["a hidden file", ["content/**"], "write", { filePath: "content/.draft/a.md" }],
    ["a plain file", ["content/a.md"], "write", { filePath: "content/a.md" }],
    ["a plain folder", ["./content/"], "write", { filePath: "content/x/a.md" }],
    [
      "a patch",
      ["content/*.md"],
      "apply_patch",
      { patchText: "*** Update File: docs/x.md\n*** Move to: content/y.md" },
    ],
  ])("%s of another agent is refused with the owner's name and the task", async (_what, artifacts, tool, args) => {
    const { id } = await claimed(artifacts);
    await expect(guard("ses_seo", tool, args)).rejects.toThrow(
      new RegExp(`not_allowed[^]*content-writer[^]*${id} \\(Write\\)[^]*Next:`),
    );
    await expect(guard("ses_nobody", tool, args)).rejects.toThrow("content-writer");
    await guard("ses_writer", tool, args);
    await guard("ses_bench", tool, args);
  });

  test.each<[string, string, unknown]>([
    ["a file that no glob fits", "write", { filePath: "docs/a.md" }],
    ["a neighbour whose name begins alike", "write", { filePath: "content/blogroll.md" }],
    ["a file outside of the project", "write", { filePath: "/tmp/content/blog/a.md" }],
    ["reading", "read", { filePath: "content/blog/a.md" }],
  ])("%s is free", async (_what, tool, args) => {
    await claimed(["content/blog/**"]);
    await guard("ses_seo", tool, args);
  });

  test("a link leads to the same owner, from both sides", async () => {
    mkdirSync(join(workspace.directory, "site/real"), { recursive: true });
    symlinkSync(join(workspace.directory, "site/real"), join(workspace.directory, "content"));
    await claimed(["content/**"]);
    for (const filePath of ["content/a.md", "site/real/a.md"])
      await expect(guard("ses_seo", "write", { filePath })).rejects.toThrow("content-writer");
  });
});

test("nothing is owned before the claim, after the end, and after the lease", async () => {
  const write = () => guard("ses_seo", "write", { filePath: "content/a.md" });
  await write();
  const { id, token } = await claimed(["content/**"]);
  await expect(write()).rejects.toThrow(id);
  bench.now += 31 * 60_000;
  await write();
  bench.now -= 31 * 60_000;
  const results = [{ criterion: "3 posts", evidence: "content/a.md" }];
  await bench.call("task_update", { id, token, status: "completed", results }, "content-writer");
  await write();
});
