import { describe, expect, test } from "bun:test";
import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { CLAUDE_TOOLS, mapTools } from "./claude-tools.ts";
import { localDisk } from "./disk.ts";
import { loadProjectAgents } from "./project.ts";

type Loaded = Awaited<ReturnType<typeof loadProjectAgents>>;

async function load(
  files: Record<string, string>,
  arrange: (root: string) => void = () => undefined,
  disk = localDisk,
): Promise<Loaded> {
  const root = mkdtempSync(join(tmpdir(), "ohmymkt-agents-"));
  try {
    for (const [path, text] of Object.entries(files)) {
      mkdirSync(dirname(join(root, path)), { recursive: true });
      writeFileSync(join(root, path), text);
    }
    arrange(root);
    return await loadProjectAgents({ directory: root, disk });
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
}

const claude = (keys: string): string => `---\n${keys}\n---\nDo it.`;

describe("loadProjectAgents", () => {
  test("a project without agents has none and no problems", async () => {
    expect(await load({})).toEqual({ agents: [], problems: [] });
  });

  test("names: the path under the host's folder, or what the front matter says", async () => {
    const { agents } = await load({
      ".opencode/agents/team/pr-lead.md": claude(
        "description: PR\nmodules: [authority_growth]\ntools: {write: false, ohmymkt_incident: true}",
      ),
      ".opencode/agent/editor.md": "Edit.",
      ".claude/agents/deep/file.md": claude("name: brand-voice\ndescription: Voice\ndisplayName: Brand Voice"),
    });
    expect(agents.map(({ name, source, mode, file }) => [name, source, mode, file])).toEqual([
      ["brand-voice", "claude", "subagent", ".claude/agents/deep/file.md"],
      ["editor", "opencode", "all", ".opencode/agent/editor.md"],
      ["team/pr-lead", "opencode", "all", ".opencode/agents/team/pr-lead.md"],
    ]);
    expect(agents[0]).toMatchObject({
      title: "Brand Voice",
      prompt: "Do it.",
      declares: { modules: false, tools: false },
    });
    expect(agents[2]).toMatchObject({
      modules: ["authority_growth"],
      tools: [{ tool: "ohmymkt_incident" }],
      denied: ["edit"],
      declares: { modules: true, tools: true },
    });
  });

  test("a broken file is reported with its line and takes no other with it", async () => {
    const { agents, problems } = await load({
      ".claude/agents/bad.md": "---\nname: bad\ntools: [Read\ncolor: red\n---\nx",
      ".claude/agents/good.md": claude("name: good\ndescription: fine"),
      ".claude/agents/open.md": "---\nname: open\n",
      ".claude/agents/__proto__.md": claude("description: x"),
      ".claude/agents/plan.md": claude("description: would replace the host's own"),
      ".claude/agents/README.md": "How we use agents.",
    });
    expect(agents.map((agent) => agent.name)).toEqual(["good"]);
    expect(problems.map(({ file, line, severity }) => [file, line, severity])).toEqual([
      [".claude/agents/README.md", undefined, "note"],
      [".claude/agents/__proto__.md", undefined, "error"],
      [".claude/agents/bad.md", 4, "error"],
      [".claude/agents/open.md", 1, "error"],
      [".claude/agents/plan.md", undefined, "error"],
    ]);
  });

  test("links in a circle, dangling links, folders called x.md, huge and unreadable files", async () => {
    const guarded = {
      ...localDisk,
      readText: (path: string) =>
        path.endsWith("locked.md")
          ? Promise.reject(Object.assign(new Error("no"), { code: "EACCES" }))
          : localDisk.readText(path),
    };
    const { agents, problems } = await load(
      {
        ".claude/agents/a.md": claude("name: a\ndescription: a"),
        ".claude/agents/x.md/inner.md": claude("name: inner\ndescription: b"),
        ".claude/agents/huge.md": "x".repeat(300_000),
        ".claude/agents/locked.md": claude("name: locked"),
      },
      (root) => {
        const folder = join(root, ".claude/agents");
        symlinkSync(folder, join(folder, "loop"));
        symlinkSync("self.md", join(folder, "self.md"));
        symlinkSync("nowhere.md", join(folder, "gone.md"));
      },
      guarded,
    );
    expect(agents.map((agent) => agent.name)).toEqual(["a", "inner"]);
    expect(problems.map(({ file, message }) => `${file}: ${message}`)).toEqual([
      ".claude/agents/gone.md: could not be read: its symbolic link points to nothing.",
      ".claude/agents/huge.md: expected at most 256 KiB, got 293 KiB; it is not read.",
      ".claude/agents/self.md: could not be read: its symbolic links form a loop.",
      ".claude/agents/locked.md: could not be read: permission denied.",
    ]);
  });

  test("a folder that is a file, or that may not be listed, is one problem", async () => {
    const denied = {
      ...localDisk,
      readDir: () => Promise.reject(Object.assign(new Error("no"), { code: "EPERM" })),
    };
    const { problems } = await load({ ".claude/agents/a.md": "x" }, () => undefined, denied);
    expect(problems.map(({ file }) => file)).toEqual([".claude/agents"]);
    const { problems: asFile } = await load({ ".claude/agents": "x" }, (root) =>
      chmodSync(join(root, ".claude/agents"), 0o644),
    );
    expect(asFile.map(({ message }) => message)).toEqual(["could not be read: expected a folder."]);
  });

  test("of two files with one name the host's own counts, also when one folder links to the other", async () => {
    const { agents, problems } = await load(
      { ".opencode/agents/a.md": claude("name: a\ndescription: ours") },
      (root) => {
        mkdirSync(join(root, ".claude"));
        symlinkSync(join(root, ".opencode/agents"), join(root, ".claude/agents"));
      },
    );
    expect(agents.map(({ name, source }) => [name, source])).toEqual([["a", "opencode"]]);
    expect(problems.map(({ file, severity }) => [file, severity])).toEqual([[".claude/agents/a.md", "note"]]);
  });

  test.each([
    ["opus", undefined, true],
    ["inherit", undefined, true],
    ["anthropic/claude-x", "anthropic/claude-x", false],
  ])("model %s becomes %s", async (model, expected, noted) => {
    const { agents, problems } = await load({
      ".claude/agents/a.md": claude(`name: a\ndescription: a\nmodel: ${model}`),
    });
    expect(agents[0]?.model).toBe(expected);
    expect(problems.some(({ message }) => message.includes(model))).toBe(noted);
  });

  test("a key of the wrong kind is ignored with a note, the agent stays", async () => {
    const { agents, problems } = await load({
      ".claude/agents/a.md": claude("name: a\ndescription: a\nsteps: many\ncolor: red\nmodules: [1]"),
    });
    expect(agents[0]).toMatchObject({ name: "a", color: "#dc2626", modules: [] });
    expect(problems.map(({ message }) => message.split(" ")[0] ?? "").toSorted()).toEqual(["modules", "steps"]);
  });
});

describe("Claude's tool names", () => {
  test.each(Object.entries(CLAUDE_TOOLS))("%s maps to %p", (name, ids) => {
    expect(mapTools([name])).toEqual({ grants: ids.map((tool) => ({ tool })), ignored: [] });
  });

  test.each([
    ["mcp__github__create_issue", [{ tool: "github_create_issue" }]],
    ["mcp__github", [{ tool: "github_*" }]],
    ["ohmymkt_incident(open|list)", [{ tool: "ohmymkt_incident", actions: ["open", "list"] }]],
    ["read", [{ tool: "read" }]],
    ["write", [{ tool: "edit" }]],
    ["Bash(git log:*)", []],
    ["KillShell", []],
    ["Teleport", []],
    ["constructor", [{ tool: "constructor" }]],
  ])("%s", (name, grants) => {
    expect(mapTools([name])).toEqual({ grants, ignored: grants.length === 0 ? [name] : [] });
  });

  test("text, list and map mean the same, Task is left to delegates", async () => {
    for (const tools of [
      "Read, Write, Edit, Task",
      "[Read, Write, Edit, Task]",
      "{Read: true, Write: true, Edit: true, Task: true}",
    ]) {
      const { agents, problems } = await load({
        ".claude/agents/a.md": claude(`name: a\ndescription: a\ntools: ${tools}`),
      });
      expect(agents[0]?.tools).toEqual([{ tool: "read" }, { tool: "edit" }]);
      expect(problems.map(({ message }) => message)).toEqual([
        "Task is ignored: name the agents it may start under `delegates`.",
      ]);
    }
  });
});
