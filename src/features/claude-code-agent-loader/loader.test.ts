import { describe, expect, test } from "bun:test";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { countTokens } from "gpt-tokenizer/encoding/o200k_base";
import { isOurTool } from "./our-tools.ts";
import { parseGrant } from "./definition.ts";
import { FrontMatterError, parseForgivingFrontMatter, parseFrontMatter } from "./front-matter.ts";
import { displayName, marketingAgents } from "./marketing.ts";
import { loadPackagedAgents } from "./packaged.ts";

const folder = join(import.meta.dir, "../../../agents");
const files = Object.fromEntries(readdirSync(folder).map((name) => [name, readFileSync(join(folder, name), "utf8")]));
const agents = loadPackagedAgents(files);
const names = agents.map((agent) => agent.name);
const valid = files["link-specialist.md"] ?? "";

const SPECIALISTS = [
  "seo-engineer",
  "intent-ops",
  "content-ops",
  "content-writer",
  "aeo-specialist",
  "schema-specialist",
  "link-specialist",
  "authority-manager",
  "growth-analyst",
  "research-agent",
];
/** What an agent holds beside its own list: whoever executes also claims and reports. */
const COMMON = (name: string): string[] =>
  name === "execution-manager" || SPECIALISTS.includes(name)
    ? ["read_state", "task_claim", "task_update"]
    : ["read_state"];
/** The public contract: modules, our tools beside the common ones, and whom the agent may start. */
const CONTRACT: Record<string, { modules: string[]; tools: string[]; delegates: string[] }> = {
  "growth-manager": {
    modules: [],
    tools: [
      "plan_growth",
      "list_plans",
      "check_gates",
      "update_gates",
      "start_campaign",
      "run_cycle",
      "incident",
      "report_growth",
      "publish",
      "approvals",
    ],
    delegates: ["requirements-analyst", "plan-reviewer", "execution-manager", "research-agent", "growth-analyst"],
  },
  "requirements-analyst": {
    modules: [],
    tools: ["plan_growth", "list_plans", "research_brief"],
    delegates: [],
  },
  "plan-reviewer": {
    modules: [],
    tools: ["list_plans", "review_plan", "check_gates"],
    delegates: [],
  },
  "execution-manager": {
    modules: [],
    tools: [
      "start_campaign",
      "run_cycle",
      "incident",
      "update_metrics",
      "import_metrics",
      "report_growth",
      "task_create",
      "task_list",
      "swarm",
      "provider_config",
    ],
    delegates: SPECIALISTS,
  },
  "seo-engineer": {
    modules: ["technical_foundation", "onpage_optimization"],
    tools: ["check_gates", "update_gates", "incident"],
    delegates: [],
  },
  "intent-ops": {
    modules: ["intent_operations"],
    tools: ["update_gates", "update_metrics"],
    delegates: [],
  },
  "content-ops": {
    modules: ["content_system"],
    tools: ["start_campaign", "run_cycle", "asset_manifest", "generate_image", "generate_video", "publish"],
    delegates: [],
  },
  "content-writer": {
    modules: [],
    tools: ["save_positioning", "asset_manifest", "generate_image", "generate_video", "publish"],
    delegates: [],
  },
  "aeo-specialist": {
    modules: ["aeo_answer_layer"],
    tools: ["check_gates", "update_gates"],
    delegates: [],
  },
  "schema-specialist": {
    modules: ["schema_entity_governance"],
    tools: ["check_gates", "incident"],
    delegates: [],
  },
  "link-specialist": { modules: ["internal_link_graph"], tools: ["incident"], delegates: [] },
  "authority-manager": {
    modules: ["authority_growth"],
    tools: ["research_brief", "competitor_profile"],
    delegates: [],
  },
  "growth-analyst": {
    modules: ["experiment_engine", "scale_loop"],
    tools: [
      "update_metrics",
      "import_metrics",
      "report_growth",
      "incident",
      "research_brief",
      "competitor_profile",
      "save_positioning",
    ],
    delegates: [],
  },
  "research-agent": { modules: [], tools: ["research_brief", "competitor_profile"], delegates: [] },
};
const READ_ONLY = [
  "plan-reviewer",
  "requirements-analyst",
  "execution-manager",
  "growth-manager",
  "growth-analyst",
  "research-agent",
  "authority-manager",
];
const CHANGES_FILES = ["edit", "write", "patch", "apply_patch", "bash"];

describe("the agents that ship", () => {
  test("are the fourteen of the contract, sorted", () => {
    expect(names).toEqual(Object.keys(CONTRACT).toSorted());
  });

  test.each(agents.map((agent) => [agent.name, agent] as const))(
    "%s holds what the contract gives it",
    (name, agent) => {
      const expected = CONTRACT[name];
      const ours = agent.tools.map((grant) => grant.tool).filter((tool) => tool.startsWith("ohmymkt_"));
      expect(ours.toSorted()).toEqual(
        [...COMMON(name), ...(expected?.tools ?? [])].map((tool) => `ohmymkt_${tool}`).toSorted(),
      );
      if (name === "content-writer")
        expect(agent.tools).toContainEqual({ tool: "ohmymkt_publish", actions: ["preview", "status"] });
      expect(agent.modules).toEqual(expected?.modules ?? []);
      expect([...agent.delegates].toSorted()).toEqual([...(expected?.delegates ?? [])].toSorted());
      expect(agent.mode).toBe(name === "growth-manager" ? "primary" : "subagent");
    },
  );

  test("delegate only to agents that exist, and never deeper than two levels", () => {
    const byName = new Map(agents.map((agent) => [agent.name, agent]));
    const depthBelow = (name: string): number => {
      const delegates = byName.get(name)?.delegates;
      if (delegates === undefined) throw new Error(`no agent ${name}`);
      return delegates.length === 0 ? 0 : 1 + Math.max(...delegates.map(depthBelow));
    };
    expect(agents.filter((agent) => agent.delegates.length > 0).map((agent) => agent.name)).toEqual([
      "execution-manager",
      "growth-manager",
    ]);
    expect(depthBelow("growth-manager")).toBe(2);
    expect(agents.flatMap((agent) => agent.delegates)).not.toContain("growth-manager");
  });

  test("only growth-manager may ask questions, none has a shell, and planners and reviewers change no file", () => {
    const holders = (tools: string[]): string[] =>
      agents.filter((agent) => agent.tools.some((grant) => tools.includes(grant.tool))).map((agent) => agent.name);
    expect(holders(["question"])).toEqual(["growth-manager"]);
    expect(holders(["bash"])).toEqual([]);
    expect(holders(CHANGES_FILES).filter((name) => READ_ONLY.includes(name))).toEqual([]);
  });

  test("specialists cannot resolve an incident", () => {
    const restricted = agents
      .filter((agent) => SPECIALISTS.includes(agent.name))
      .flatMap((agent) => agent.tools.filter((grant) => grant.tool === "ohmymkt_incident"));
    expect(restricted).toHaveLength(4);
    for (const grant of restricted) expect(grant.actions).toEqual(["open", "update", "mitigate", "list"]);
  });
});

/** Reading needs no word, and stopping a job explains itself. */
const UNNAMED = new Set(["ohmymkt_read_state", "background_cancel"]);

describe("prompts", () => {
  test.each(agents.map((agent) => [agent.name, agent] as const))(
    "%s mentions only tools it holds, and each of them but reading",
    (_, agent) => {
      const mentioned = [...new Set(agent.prompt.match(/\b(?:ohmymkt|background)_\w+/g))];
      const held = agent.tools.map((grant) => grant.tool).filter(isOurTool);
      expect(mentioned.filter((tool) => !held.includes(tool))).toEqual([]);
      expect(held.filter((tool) => !UNNAMED.has(tool) && !mentioned.includes(tool))).toEqual([]);
    },
  );

  test.each(agents.map((agent) => [agent.name, agent] as const))(
    "%s starts only its delegates and names only agents that exist",
    (_, agent) => {
      const rolelike =
        agent.prompt.match(/\b[a-z]+-(manager|analyst|reviewer|engineer|ops|writer|specialist|agent)\b/g) ?? [];
      expect(rolelike.filter((name) => !names.includes(name))).toEqual([]);
      const started = [...agent.prompt.matchAll(/\b[Ss]tart ([a-z]+-[a-z]+)/g)].map((match) => match[1] ?? "");
      expect(started.filter((name) => !agent.delegates.includes(name))).toEqual([]);
    },
  );

  test.each(agents.map((agent) => [agent.name, agent] as const))(
    "%s says what it returns, and does not shout",
    (name, agent) => {
      if (name !== "growth-manager") {
        expect(agent.prompt).toMatch(/^# You need$/m);
        expect(agent.prompt).toMatch(/^# Return$/m);
      }
      expect(agent.prompt).not.toMatch(/!|\b(MUST|NEVER|ALWAYS|IMPORTANT|CRITICAL)\b/);
    },
  );

  test("stay within their token budget", () => {
    const sizes = agents.map((agent) => countTokens(agent.prompt)).toSorted((a, b) => a - b);
    const size = (name: string): number => countTokens(agents.find((agent) => agent.name === name)?.prompt ?? "");
    expect(((sizes[6] ?? 0) + (sizes[7] ?? 0)) / 2).toBeLessThanOrEqual(600);
    expect(size("growth-manager")).toBeLessThanOrEqual(1200);
    expect(
      Math.max(...agents.filter((agent) => agent.name !== "growth-manager").map((agent) => size(agent.name))),
    ).toBeLessThanOrEqual(650);
    for (const agent of agents) expect(agent.description.split(/\s+/).length).toBeLessThanOrEqual(15);
  });
});

describe("loadPackagedAgents", () => {
  test.each([
    ["an unknown key", valid.replace("mode:", "model: opus\nmode:"), "model"],
    ["a missing key", valid.replace(/^description:.*\n/m, ""), "description"],
    ["a name unlike the file's", valid.replace("name: link-specialist", "name: linker"), "linker"],
    ["a grant that is none", valid.replace("- ohmymkt_read_state", '- "ohmymkt_read_state("'), "tool id"],
    ["a colour word", valid.replace(/^color:.*$/m, "color: teal"), "#0f766e"],
    ["no prompt", valid.replace(/\n---\n[\s\S]*$/, "\n---\n"), "prompt"],
    ["no front matter", "You link pages.", "name"],
    ["an open front matter", "---\nname: link-specialist\n", "link-specialist.md:1:"],
    ["broken YAML", valid.replace("name: link-specialist", "name: a: b: c"), "link-specialist.md:2:"],
  ])("refuses %s", (_, text, message) => {
    expect(text).not.toBe(valid);
    expect(() => loadPackagedAgents({ "link-specialist.md": text })).toThrow(message);
  });

  test("reads Windows line endings and a byte order mark alike", () => {
    const windows = `\uFEFF${valid.replaceAll("\n", "\r\n")}`;
    expect(loadPackagedAgents({ "link-specialist.md": windows })).toEqual(
      loadPackagedAgents({ "link-specialist.md": valid }),
    );
  });
});

describe("front matter", () => {
  test("leaves a rule line in the body alone, and a file without front matter whole", () => {
    expect(parseFrontMatter("---\na: 1\n---\nfirst\n\n---\n\nsecond", "x.md")).toEqual({
      data: { a: 1 },
      body: "first\n\n---\n\nsecond",
      hasFrontMatter: true,
    });
    expect(parseFrontMatter("text\n---\na: 1\n---\n", "x.md")).toEqual({
      data: {},
      body: "text\n---\na: 1\n---",
      hasFrontMatter: false,
    });
    expect(parseFrontMatter("---\n---\nbody", "x.md")).toEqual({
      data: {},
      body: "body",
      hasFrontMatter: true,
    });
  });

  test.each([
    ["a list", "---\n- a\n---\n", 2],
    ["plain text", "---\nhello\n---\n", 2],
    ["an unclosed list on line 4", "---\nname: x\ndescription: y\ntools: [a\nmode: z\n---\n", 5],
    ["an unclosed block", "---\nname: x\n\nbody", 1],
  ])("reports %s with file and line", async (_, text, line) => {
    const failure = await parseForgivingFrontMatter(text, "x.md").catch((error: unknown) => error);
    if (!(failure instanceof FrontMatterError)) throw new Error("expected a FrontMatterError");
    expect([failure.file, failure.line]).toEqual(["x.md", line]);
  });

  test("reads a value with an unquoted colon as text, as its author meant it", async () => {
    const { data } = await parseForgivingFrontMatter(
      '---\nname: x\ndescription: Use it when: a "launch" is near\ntools: Read, Grep\n---\n',
      "x.md",
    );
    expect(data).toEqual({
      name: "x",
      description: 'Use it when: a "launch" is near',
      tools: "Read, Grep",
    });
  });
});

test("a grant is a tool, or a tool with actions", () => {
  expect(parseGrant("read")).toEqual({ tool: "read" });
  expect(parseGrant("ohmymkt_incident(open|list)")).toEqual({
    tool: "ohmymkt_incident",
    actions: ["open", "list"],
  });
  expect(parseGrant("a(b")).toBeUndefined();
});

test("marketing agents are known by id and by title", () => {
  expect(displayName("growth-manager")).toBe("Growth Manager");
  const own = {
    ...agents.slice(0, 1).reduce((_none, agent) => agent),
    name: "pr-lead",
    origin: "project" as const,
    modules: ["authority_growth"],
    title: "Head of PR",
  };
  const plain = { ...own, name: "coder", modules: [] };
  expect(marketingAgents([...agents, own, plain]).slice(-2)).toEqual([
    { name: "seo-engineer", title: "Seo Engineer" },
    { name: "pr-lead", title: "Head of PR" },
  ]);
});
