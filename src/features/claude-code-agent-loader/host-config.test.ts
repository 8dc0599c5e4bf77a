import { describe, expect, test } from "bun:test";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { AgentDefinition } from "./definition.ts";
import { effectiveAgents } from "./effective.ts";
import { applyAgents } from "./host-config.ts";
import type { HostConfig } from "./host-shape.ts";
import { loadPackagedAgents } from "./packaged.ts";
import { matches, mergeRules, readRules, type Rules } from "./permissions.ts";
import { createToolPolicy } from "./policy.ts";
import type { ProjectAgent } from "./project-file.ts";

const folder = join(import.meta.dir, "../../../agents");
const packaged = loadPackagedAgents(
  Object.fromEntries(readdirSync(folder).map((name) => [name, readFileSync(join(folder, name), "utf8")])),
);
const shipped = packaged.map((agent) => agent.name);

const own = (changes: Partial<ProjectAgent>): ProjectAgent => ({
  name: "pr-lead",
  description: "",
  mode: "subagent",
  modules: [],
  tools: [],
  delegates: [],
  denied: [],
  prompt: "",
  origin: "project",
  file: ".claude/agents/pr-lead.md",
  source: "claude",
  declares: { modules: false, delegates: false, tools: false, mode: false },
  ...changes,
});

function apply(
  config: HostConfig = {},
  project: ProjectAgent[] = [],
): { config: HostConfig; notes: string[]; rules: (agent: string) => Rules } {
  const notes = applyAgents(config, { packaged, project, problems: [] });
  return { config, notes, rules: (agent) => readRules(config.agent?.[agent]?.permission) };
}

/** What the host answers: the last rule that fits, the global rules standing before the agent's. */
function verdict(config: HostConfig, agent: string, permission: string, subject = "*"): string {
  const sets = [{ "*": "allow" } as Rules, readRules(config.permission), readRules(config.agent?.[agent]?.permission)];
  const flat = sets.flatMap((rules) =>
    Object.entries(rules).flatMap(([key, rule]) =>
      Object.entries(typeof rule === "string" ? { "*": rule } : rule).map(([pattern, action]) => ({
        key,
        pattern,
        action,
      })),
    ),
  );
  return flat.findLast(({ key, pattern }) => matches(key, permission) && matches(pattern, subject))?.action ?? "none";
}

describe("applyAgents on an empty config", () => {
  const { config, notes } = apply();

  test("registers all agents, the first primary as default, and opens two levels", () => {
    expect(Object.keys(config.agent ?? {}).toSorted()).toEqual(shipped);
    expect([config.default_agent, config.subagent_depth, notes]).toEqual(["growth-manager", 2, []]);
  });

  test.each(packaged.map((agent) => [agent.name, agent] as const))(
    "%s gets its tools and nothing else",
    (name, agent) => {
      const granted = new Set(agent.tools.map(({ tool }) => tool));
      for (const tool of [
        ...new Set(packaged.flatMap((each) => each.tools.map((grant) => grant.tool))),
        "bash",
        "todowrite",
        "skill",
        "lsp",
      ]) {
        if (tool === "write") continue; // the host files it under edit
        expect([tool, verdict(config, name, tool)]).toEqual([tool, granted.has(tool) ? "allow" : "deny"]);
      }
      for (const other of [...shipped, "general", "build"]) {
        expect([other, verdict(config, name, "task", other)]).toEqual([
          other,
          agent.delegates.includes(other) ? "allow" : "deny",
        ]);
      }
      expect(verdict(config, name, "approve gate: strategy_gate.approved = true")).toBe("ask");
      expect(verdict(config, name, "doom_loop")).toBe("allow");
      expect(verdict(config, name, "external_directory")).toBe(name === "growth-manager" ? "ask" : "deny");
      expect(verdict(config, name, "question")).toBe(name === "growth-manager" ? "allow" : "deny");
      expect(verdict(config, name, "read", "app/.env")).toBe("deny");
    },
  );

  test("other agents see none of our tools, and approvals ask them too", () => {
    expect(verdict(config, "build", "ohmymkt_run_cycle")).toBe("deny");
    expect(verdict(config, "build", "bash")).toBe("allow");
    expect(verdict(config, "build", "approve gate: x")).toBe("ask");
  });

  test("no key of ours stands in what the host would send to a provider", () => {
    const known = ["description", "mode", "color", "steps", "prompt", "permission"];
    for (const agent of Object.values(config.agent ?? {}))
      expect(Object.keys(agent ?? {}).filter((key) => !known.includes(key))).toEqual([]);
  });
});

describe("the user's settings win", () => {
  test("keys, permission rules last, default agent and depth", () => {
    const { config, notes, rules } = apply({
      default_agent: "build",
      subagent_depth: 1,
      agent: {
        "seo-engineer": {
          model: "x/y",
          prompt: "Mine.",
          color: "#000000",
          permission: { edit: { "dist/*": "deny" }, webfetch: "ask", bash: "allow" },
        },
      },
    });
    expect(config.agent?.["seo-engineer"]).toMatchObject({
      model: "x/y",
      prompt: "Mine.",
      color: "#000000",
      mode: "subagent",
    });
    expect([
      verdict(config, "seo-engineer", "edit", "src/a"),
      verdict(config, "seo-engineer", "edit", "dist/a"),
    ]).toEqual(["allow", "deny"]);
    expect(["webfetch", "bash", "ohmymkt_incident"].map((tool) => verdict(config, "seo-engineer", tool))).toEqual([
      "ask",
      "allow",
      "allow",
    ]);
    expect(Object.keys(rules("seo-engineer"))[0]).toBe("*");
    expect([config.default_agent, config.subagent_depth]).toEqual(["build", 1]);
    expect(notes.join()).toContain("subagent_depth is 1");
  });

  test("a blanket allow does not answer approvals; a rule that names them does", () => {
    const { config } = apply({ agent: { "growth-manager": { permission: "allow" } } });
    expect([verdict(config, "growth-manager", "bash"), verdict(config, "growth-manager", "approve gate: x")]).toEqual([
      "allow",
      "ask",
    ]);
    const { config: named } = apply({
      agent: { "growth-manager": { permission: { "approve *": "deny" } } },
    });
    expect(verdict(named, "growth-manager", "approve gate: x")).toBe("deny");
  });

  test("a disabled agent stays so, nobody may start it, and it is not the default", () => {
    const { config } = apply({
      agent: { "growth-manager": { disable: true }, "link-specialist": { disable: true } },
    });
    expect(config.agent?.["link-specialist"]?.disable).toBe(true);
    expect(verdict(config, "execution-manager", "task", "link-specialist")).toBe("deny");
    expect(verdict(config, "execution-manager", "task", "seo-engineer")).toBe("allow");
    expect(config.default_agent).toBeUndefined();
  });

  test("a global rule for a tool is not widened; a question nobody would see becomes a refusal with a note", () => {
    const { config, notes } = apply({
      permission: { "*": "allow", edit: "ask", websearch: "deny", ohmymkt_update_gates: "deny" },
    });
    expect([
      verdict(config, "content-writer", "edit"),
      verdict(config, "research-agent", "websearch"),
      verdict(config, "seo-engineer", "ohmymkt_update_gates"),
    ]).toEqual(["deny", "deny", "deny"]);
    expect(notes.filter((note) => note.includes('asks before "edit"')).map((note) => note.split(":")[0])).toContain(
      "content-writer",
    );
    expect(verdict(config, "build", "ohmymkt_run_cycle")).toBe("allow"); // a rule that names our tools replaces the hiding
  });

  test.each([["deny"], ["ask"]] as const)("a global word %s holds for the host's tools, ours still work", (word) => {
    const { config } = apply({ permission: word });
    expect([verdict(config, "growth-manager", "read"), verdict(config, "growth-manager", "ohmymkt_run_cycle")]).toEqual(
      [word, "allow"],
    );
  });

  test("hiding our tools in so many words is what we do anyway", () => {
    const { config } = apply({ permission: { "ohmymkt_*": "deny" } });
    expect(verdict(config, "growth-manager", "ohmymkt_run_cycle")).toBe("allow");
  });
});

describe("agents of the project", () => {
  test("keys of ours do not leak from files the host loaded", () => {
    const { config } = apply({
      agent: {
        mine: {
          options: { modules: ["x"], delegates: [], displayName: "M", topK: 3 },
          modules: ["x"],
        },
      },
    });
    expect(config.agent?.["mine"]).toEqual({ options: { topK: 3 } });
  });

  test("an override with front matter alone keeps our prompt and tools", () => {
    const file = own({
      name: "seo-engineer",
      source: "opencode",
      file: ".opencode/agents/seo-engineer.md",
      color: "#123456",
    });
    const { config } = apply({ agent: { "seo-engineer": { name: "seo-engineer", prompt: "", color: "#123456" } } }, [
      file,
    ]);
    expect(config.agent?.["seo-engineer"]?.["prompt"]).toBe(
      packaged.find((agent) => agent.name === "seo-engineer")?.prompt,
    );
    expect(config.agent?.["seo-engineer"]?.["color"]).toBe("#123456");
    expect(verdict(config, "seo-engineer", "ohmymkt_check_gates")).toBe("allow");
  });

  test("a specialist of the project is led by whoever leads ours", () => {
    const { config } = apply({}, [
      own({
        modules: ["authority_growth"],
        declares: { modules: true, delegates: false, tools: false, mode: false },
      }),
    ]);
    expect(verdict(config, "execution-manager", "task", "pr-lead")).toBe("allow");
    expect(verdict(config, "growth-manager", "task", "pr-lead")).toBe("deny");
    expect(
      ["task", "question", "external_directory", "ohmymkt_incident", "bash"].map((tool) =>
        verdict(config, "pr-lead", tool),
      ),
    ).toEqual(["deny", "deny", "deny", "deny", "allow"]);
  });

  test("where nobody sees a question, what would ask is refused", () => {
    const lead = own({
      source: "opencode",
      modules: ["authority_growth"],
      declares: { modules: true, delegates: false, tools: false, mode: false },
    });
    const { config } = apply(
      {
        permission: { bash: "ask", edit: "ask" },
        agent: { "pr-lead": { permission: { edit: "allow" } } },
      },
      [lead],
    );
    expect(["bash", "edit", "grep"].map((tool) => verdict(config, "pr-lead", tool))).toEqual([
      "deny",
      "allow",
      "allow",
    ]);
    expect([verdict(config, "pr-lead", "read", ".env"), verdict(config, "pr-lead", "read", "a.md")]).toEqual([
      "deny",
      "allow",
    ]);
  });

  test("a Claude list is an allow-list; for one of our agents it keeps our tools unless it names some", () => {
    const declares = { modules: false, delegates: false, tools: true, mode: false };
    const { config } = apply({}, [
      own({ tools: [{ tool: "grep" }], declares }),
      own({
        name: "plan-reviewer",
        prompt: "Mine.",
        tools: [{ tool: "grep" }],
        declares,
        denied: ["ohmymkt_check_gates"],
      }),
    ]);
    expect(["grep", "read", "bash"].map((tool) => verdict(config, "pr-lead", tool))).toEqual(["allow", "deny", "deny"]);
    expect(
      ["grep", "read", "ohmymkt_review_plan", "ohmymkt_check_gates"].map((tool) =>
        verdict(config, "plan-reviewer", tool),
      ),
    ).toEqual(["allow", "deny", "allow", "deny"]);
    expect(config.agent?.["plan-reviewer"]?.["prompt"]).toBe("Mine.");
  });

  test("a delegate that does not exist is left out and said; problems become notes", () => {
    const config: HostConfig = {};
    const agent = own({
      delegates: ["nobody", "seo-engineer"],
      declares: { modules: false, delegates: true, tools: false, mode: false },
    });
    const notes = applyAgents(config, {
      packaged,
      project: [agent],
      problems: [{ file: "a.md", line: 3, message: "broken.", severity: "error" }],
    });
    expect(notes).toEqual([
      "a.md:3: broken.",
      '.claude/agents/pr-lead.md: delegates names "nobody", but there is no such agent; it is left out.',
    ]);
    expect([verdict(config, "pr-lead", "task", "nobody"), verdict(config, "pr-lead", "task", "seo-engineer")]).toEqual([
      "deny",
      "allow",
    ]);
  });
});

test("merging joins patterns and puts the user's keys last", () => {
  const merged = mergeRules(
    { "*": "deny", edit: "allow", read: { "*": "allow", "*.env": "deny" } },
    { read: { "*": "ask" }, edit: { "a/*": "deny" } },
  );
  expect(JSON.stringify(merged)).toBe(
    '{"*":"deny","read":{"*.env":"deny","*":"ask"},"edit":{"*":"allow","a/*":"deny"}}',
  );
});

describe("createToolPolicy", () => {
  const policy = createToolPolicy(packaged);
  test.each<[string | undefined, string, string | undefined, true | string[]]>([
    ["seo-engineer", "ohmymkt_incident", "open", true],
    ["seo-engineer", "ohmymkt_incident", "resolve", ["open", "update", "mitigate", "list"]],
    ["seo-engineer", "ohmymkt_incident", undefined, ["open", "update", "mitigate", "list"]],
    ["growth-manager", "ohmymkt_incident", "resolve", true],
    ["content-ops", "ohmymkt_run_cycle", undefined, true],
    [
      "intent-ops",
      "ohmymkt_run_cycle",
      undefined,
      [
        "ohmymkt_update_gates",
        "ohmymkt_update_metrics",
        "ohmymkt_task_claim",
        "ohmymkt_task_update",
        "ohmymkt_read_state",
      ],
    ],
    ["build", "ohmymkt_run_cycle", undefined, true],
    [undefined, "ohmymkt_incident", "resolve", true],
  ])("%s %s %s", (agent, tool, action, expected) => {
    expect(policy.allows(agent, tool, action)).toEqual(
      expected === true ? { ok: true } : { ok: false, allowed: expected },
    );
  });

  test("an agent of ours that lost its last tool of ours is still held", () => {
    const bare = packaged.map((agent) => ({ ...agent, tools: [] }));
    expect(createToolPolicy(bare).allows("intent-ops", "ohmymkt_run_cycle", undefined)).toEqual({
      ok: false,
      allowed: [],
    });
  });

  test("agents of the project are held only when they list tools of ours; the user's own rules grant", () => {
    const declares = { modules: false, delegates: false, tools: true, mode: false };
    const listed = own({
      name: "a",
      tools: [{ tool: "ohmymkt_incident", actions: ["list"] }],
      declares,
    });
    const config: HostConfig = {
      agent: { "intent-ops": { permission: { ohmymkt_run_cycle: "allow" } } },
    };
    const agents: AgentDefinition[] = effectiveAgents(packaged, [listed, own({ name: "b" })], config);
    const mixed = createToolPolicy(agents);
    expect(mixed.allows("a", "ohmymkt_incident", "open")).toEqual({ ok: false, allowed: ["list"] });
    expect(mixed.allows("b", "ohmymkt_incident", "open")).toEqual({ ok: true });
    expect(mixed.allows("intent-ops", "ohmymkt_run_cycle", undefined)).toEqual({ ok: true });
  });
});
