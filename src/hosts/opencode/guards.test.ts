import { afterAll, beforeAll, beforeEach, describe, expect, setDefaultTimeout, test } from "bun:test";
import { countTokens } from "gpt-tokenizer";
import { existsSync, mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { isOurTool } from "../../features/claude-code-agent-loader/our-tools.ts";
import type { OpencodeHost, PermissionDecision, Turn } from "../../testing/opencode-host.ts";
import { pluginHost, type PluginHost } from "../../testing/plugin-host.ts";
import type { ScriptStep } from "../../testing/script-step.ts";
import { script } from "../../testing/scripted-model.ts";

setDefaultTimeout(120_000);

const PLAN = {
  goal: "Grow trial starts",
  name: "trials",
  objective: { metric: "trial starts", baseline: 40, target: 60, deadline: "2027-02-28" },
  channels: ["organic search"],
  boundaries: ["no paid media"],
  budget: { amount: 500, currency: "EUR" },
  timeline: { start: "2026-12-01", end: "2027-02-28" },
  acceptance_criteria: ["60 trial starts in February"],
  deliverables: [{ title: "Query map", owner: "intent-ops" }],
  rollback: ["restore the pages"],
};

let world: PluginHost;
let host: OpencodeHost;
let decision: PermissionDecision = "once";
let asked: string[] = [];

const inside = (...path: string[]): string => join(world.directory, ".ohmymkt", ...path);

beforeAll(async () => {
  world = await pluginHost({
    files: {
      ".opencode/agents/press-agent.md":
        "---\ndescription: Writes press notes.\nmode: subagent\nmodules: [authority_growth]\ntools:\n  ohmymkt_read_state: true\n---\nYou write press notes.\n",
      ".claude/agents/broken.md": "---\nname: broken\ndescription: [unclosed\n---\nBody\n",
    },
    config: { agent: { "link-specialist": { disable: true } } },
  });
  host = world.host;
  host.onPermission((request) => {
    asked.push(request.permission);
    return decision;
  });
});

afterAll(() => world.dispose());

beforeEach(() => {
  decision = "once";
  asked = [];
});

/** The text that the model got back from its first call. */
function result(turn: Turn): string {
  const part = turn.parts.find((one) => one.type === "tool");
  const seen = JSON.stringify(part);
  return seen.replaceAll("\\n", "\n").replaceAll('\\"', '"');
}

const call = (tool: string, args: Record<string, unknown>): ScriptStep[] => [
  { calls: [[tool, args]] },
  { text: "heard: {{last}}" },
];
const child = (agent: string, steps: ScriptStep[]): ScriptStep[] =>
  call("task", { description: "work", subagent_type: agent, prompt: `Work. ${script(steps)}` });

describe("approvals", () => {
  test("a no with a reason reaches the model as text, and nothing changes", async () => {
    await world.play("growth-manager", call("ohmymkt_plan_growth", PLAN));
    decision = { reject: "ask finance first" };
    const turn = await world.play(
      "growth-manager",
      call("ohmymkt_update_gates", {
        updates: [{ gate: "data_gate", field: "reconcilable", value: true, evidence: "sheet" }],
      }),
    );
    expect(turn.text).toContain("approval_rejected");
    expect(turn.text).toContain("ask finance first");
    expect(existsSync(inside("state/gates.json"))).toBe(false);
    expect(asked).toEqual(["approve gate: data_gate.reconcilable = true (sheet)"]);
  });

  test("a plain no does not end the turn", async () => {
    decision = "reject";
    const turn = await world.play(
      "growth-manager",
      call("ohmymkt_update_gates", {
        updates: [{ gate: "data_gate", field: "reconcilable", value: true, evidence: "sheet" }],
      }),
    );
    expect(turn.text).toContain("heard:");
    expect(turn.text).toContain("approval_rejected: a person said no");
  });

  test("a no in a child session comes back to the root as the child's words", async () => {
    decision = { reject: "the budget is too high" };
    const turn = await world.play(
      "growth-manager",
      child("plan-reviewer", call("ohmymkt_review_plan", { plan: "trials", verdict: "approve", findings: [] })),
    );
    expect(turn.text).toContain("the budget is too high");
    expect(asked).toEqual([expect.stringMatching(/^approve plan: trials v1/)]);
    const plans = await world.play("growth-manager", call("ohmymkt_list_plans", {}));
    expect(plans.text).toContain("trials v1 — draft");
  });

  test("an edited plan makes its approval stale, and the campaign does not start on it", async () => {
    await world.play(
      "growth-manager",
      child("plan-reviewer", call("ohmymkt_review_plan", { plan: "trials", verdict: "approve", findings: [] })),
    );
    const path = inside("plans/trials.md");
    writeFileSync(path, (await readFile(path, "utf8")).replace("amount: 500", "amount: 50000"));
    const gates = await world.play("growth-manager", call("ohmymkt_check_gates", {}));
    expect(gates.text).toContain("plan trials was edited after its approval");
    const start = await world.play("growth-manager", call("ohmymkt_start_campaign", { plan: "trials" }));
    expect(start.text).toContain("BLOCKED");
    expect(existsSync(inside("boulder.json"))).toBe(false);
  });
});

describe("errors that a model can act on", () => {
  test.each([
    [
      "growth-manager",
      "ohmymkt_update_gates",
      { updates: [{ gate: "stratgy", field: "approved", value: true }] },
      /invalid_arguments.*strategy_gate/s,
    ],
    [
      "growth-manager",
      "ohmymkt_update_gates",
      { updates: [{ gate: "capacity_gate", field: "rolling_weeks_feasible", value: 8.5, evidence: "x" }] },
      /expected a whole number from 0 to 520, got 8\.5/,
    ],
    [
      "growth-manager",
      "ohmymkt_update_gates",
      { updates: [{ gate: "data_gate", field: "reconcilable", value: true }] },
      /came without evidence/,
    ],
    ["growth-manager", "ohmymkt_report_growth", { window: "12h" }, /window expected a number and d, w or m.*12h/],
    ["growth-manager", "ohmymkt_run_cycle", { cadence: "daily" }, /invalid_arguments/],
    ["growth-manager", "ohmymkt_plan_growth", { goal: "x", budget: "500 EUR" }, /invalid_arguments.*budget/s],
    ["growth-manager", "ohmymkt_plan_growth", { goal: "x", surprise: 1 }, /surprise/],
    ["growth-manager", "ohmymkt_incident", { action: "resolve", id: "../../etc/passwd" }, /invalid_id/],
    ["growth-manager", "ohmymkt_start_campaign", { plan: "no-such-plan" }, /not_found.*the plans are trials/s],
  ] as const)("%s %s", async (agent, tool, args, text) => {
    const turn = await world.play(agent, call(tool, args));
    expect(turn.text).toMatch(text);
    expect(turn.text).toMatch(/Next: /);
  });

  test("an action that is not the agent's is refused by name", async () => {
    const turn = await world.play(
      "growth-manager",
      child("execution-manager", child("seo-engineer", call("ohmymkt_incident", { action: "resolve", id: "inc-1" }))),
    );
    expect(turn.text).toContain(
      'not_allowed: seo-engineer may not use ohmymkt_incident {action: \\"resolve\\"}'.replaceAll("\\", ""),
    );
  });
});

describe("governed state and file tools", () => {
  test.each([
    ["write", { filePath: ".ohmymkt/state/gates.json", content: "{}" }, "ohmymkt_update_gates"],
    ["write", { filePath: "docs/../.ohmymkt/boulder.json", content: "{}" }, "ohmymkt_start_campaign"],
    ["write", { filePath: ".ohmymkt/incidents/x.json", content: "{}" }, "ohmymkt_incident"],
    ["edit", { filePath: ".ohmymkt/config.json", oldString: "", newString: "{}" }, "a person's editor"],
    ["write", { filePath: "link/state/gates.json", content: "{}" }, "ohmymkt_update_gates"],
  ] as const)("%s %j is refused", async (tool, args, instead) => {
    mkdirSync(inside(), { recursive: true });
    if (!existsSync(join(world.directory, "link"))) symlinkSync(inside(), join(world.directory, "link"));
    const absolute = { ...args, filePath: join(world.directory, args.filePath) };
    const turn = await world.play("build", call(tool, absolute));
    expect(result(turn)).toContain("not_allowed");
    expect(result(turn)).toContain(instead);
  });

  test("other files are written", async () => {
    await world.play(
      "build",
      call("write", { filePath: join(world.directory, "docs/claims.md"), content: "# Claims\n" }),
    );
    expect(await readFile(join(world.directory, "docs/claims.md"), "utf8")).toBe("# Claims\n");
  });

  test("an agent's shell is marked, so that the command line refuses its --yes", async () => {
    const turn = await world.play(
      "build",
      call("bash", { command: "echo mark=$OHMYMKT_AGENT_SHELL", description: "show" }),
    );
    expect(turn.text).toContain("mark=1");
  });
});

describe("agents", () => {
  test("a project's agent joins, a disabled one is gone, a broken one is reported and takes nobody with it", async () => {
    const agents = new Map((await host.agents()).map((agent) => [agent.name, agent]));
    expect(agents.has("press-agent")).toBe(true);
    expect(agents.has("link-specialist")).toBe(false);
    expect(agents.has("seo-engineer")).toBe(true);
    expect(await host.log()).toMatch(/\.claude\/agents\/broken\.md/);
  });

  test("other agents do not pay for our tools", async () => {
    await world.play("build", [{ text: "hello" }]);
    const names =
      host.model
        .requests()
        .at(-1)
        ?.tools.map((tool) => tool.name) ?? [];
    expect(names).toContain("bash");
    expect(names.filter(isOurTool)).toEqual([]);
  });
});

describe("ultrawork and compaction", () => {
  test("with another agent the default paragraph comes, not the marketing template", async () => {
    const turn = await world.play("build", [{ text: "ok" }], "ulw tidy the landing page copy");
    const request = host.model.requests().findLast((one) => one.session === turn.session);
    const text = JSON.stringify(request?.messages);
    expect(text).toContain("growth-manager");
    expect(text).not.toContain("ohmymkt_plan_growth");
  });

  test("a question about it is left alone", async () => {
    const turn = await world.play("growth-manager", [{ text: "ok" }], "what does ulw do?");
    const request = host.model.requests().findLast((one) => one.session === turn.session);
    expect(request?.messages.filter((message) => message.role === "user")[0]?.text).not.toContain(
      "ohmymkt_plan_growth",
    );
  });

  test("compaction carries plan, campaign, gates, incidents and mode over in at most 200 tokens", async () => {
    const turn = await world.play("growth-manager", [{ text: "planned" }], "ulw plan the launch of our newsletter");
    host.model.clear();
    await host.summarize(turn.session);
    const summary = host.model.requests().find((request) => request.kind === "summary");
    const text = summary?.messages.map((message) => message.text).join("\n") ?? "";
    const carried = text.slice(text.indexOf("ohmymkt state to carry over"));
    for (const word of ["plan: trials", "campaign: none", "gates: BLOCKED", "open incidents: none", "mode: ultrawork"])
      expect(carried).toContain(word);
    expect(countTokens(carried)).toBeLessThanOrEqual(200);
    await host.prompt(turn.session, `And now? ${script([{ text: "on it" }])}`, { agent: "growth-manager" });
    const after = JSON.stringify(host.model.requests().at(-1)?.messages);
    const resumed = (
      await readFile(join(import.meta.dirname, "../../../templates/ultrawork/resumed.md"), "utf8")
    ).trim();
    expect(after).toContain(JSON.stringify(resumed).slice(1, -1));
  });
});
