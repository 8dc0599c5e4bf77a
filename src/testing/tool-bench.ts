import { DEFAULT_CONFIG, type Config } from "../config.ts";
import { AGENT_FILES } from "../assets.ts";
import { OhmymktError } from "../errors.ts";
import { loadPackagedAgents } from "../features/claude-code-agent-loader/packaged.ts";
import { createToolPolicy } from "../features/claude-code-agent-loader/policy.ts";
import { createApprovalDesk, type Answer } from "../hosts/approval-desk.ts";
import type { World } from "../providers/world.ts";
import { openStore } from "../store/open.ts";
import type { Store, Transaction } from "../store/store.ts";
import type { ToolContext, ToolOutcome } from "../tools/ohmymkt/define.ts";
import { TOOLS } from "../tools/ohmymkt/index.ts";
import { testWorld } from "./provider-world.ts";

const TEAM = loadPackagedAgents(AGENT_FILES);
const POLICY = createToolPolicy(TEAM);

export interface BenchOptions {
  directory: string;
  /** Milliseconds since the epoch; default 2026-12-01T09:00Z. Turn it with `bench.now`. */
  now?: number;
  config?: Partial<Config>;
}

/** The real tools over the real store in one directory, with a clock that the test turns and a person who answers as told. */
export interface ToolBench {
  now: number;
  /** What the person says; undefined means that nobody is there. */
  answer: Answer | undefined;
  questions: string[];
  /** The providers' outside; replace members before a call. */
  world: World;
  /** The platforms to publish to; the real ones where absent. */
  platforms?: NonNullable<ToolContext["platforms"]>;
  call(tool: string, args?: unknown, agent?: string): Promise<ToolOutcome>;
  text(tool: string, args?: unknown, agent?: string): Promise<string>;
  /** The error that a call must end with. */
  refusal(tool: string, args?: unknown, agent?: string): Promise<OhmymktError>;
  look<T>(work: (tx: Transaction) => Promise<T>): Promise<T>;
  store: Store;
}

export function toolBench({
  directory,
  now = Date.parse("2026-12-01T09:00:00.000Z"),
  config = {},
}: BenchOptions): ToolBench {
  let ids = 0;
  const bench: ToolBench = {
    now,
    answer: { approved: true, how: "host_prompt" },
    questions: [],
    world: { ...testWorld(), now: () => bench.now },
    store: openStore({ directory, sync: "off", now: () => new Date(bench.now) }),
    async call(name, args = {}, agent = "growth-manager") {
      const tool = TOOLS.find((one) => one.name === `ohmymkt_${name}`);
      if (!tool) throw new Error(`there is no tool ohmymkt_${name}`);
      const actor = { host: "opencode" as const, agent, session: "ses_bench" };
      const ask = async ({ kind, summary }: { kind: string; summary: string }) => {
        bench.questions.push(`${kind}: ${summary}`);
        return bench.answer;
      };
      const desk = createApprovalDesk({ store: bench.store, actor, tool: tool.name, ask });
      return tool.call(args, {
        store: bench.store,
        actor,
        config: { ...DEFAULT_CONFIG, ...config },
        signal: new AbortController().signal,
        team: TEAM,
        world: bench.world,
        directory,
        ...(bench.platforms ? { platforms: bench.platforms } : {}),
        newId: (prefix) => `${prefix}-${(ids += 1)}`,
        approve: (request) => desk.approve(request),
        decide: (row) => desk.decide(row),
        allows: (toolName, action) => (agent === "anyone" ? { ok: true } : POLICY.allows(agent, toolName, action)),
      });
    },
    text: async (tool, args, agent) => (await bench.call(tool, args, agent)).text,
    async refusal(tool, args, agent) {
      const outcome: unknown = await bench.call(tool, args, agent).catch((error: unknown) => error);
      if (outcome instanceof OhmymktError) return outcome;
      throw new Error(`expected ohmymkt_${tool} to be refused, got ${JSON.stringify(outcome)}`);
    },
    look: (work) => bench.store.transaction({ actor: { host: "library" }, tool: "test" }, work),
  };
  return bench;
}

/** A plan that holds on all six points. */
export const WHOLE_PLAN = {
  goal: "Grow trial starts",
  name: "trials",
  objective: { metric: "trial starts", baseline: 40, target: 60, deadline: "2027-02-28" },
  channels: ["organic search"],
  boundaries: ["no paid media"],
  budget: { amount: 500, currency: "EUR" },
  timeline: { start: "2026-12-01", end: "2027-02-28" },
  acceptance_criteria: ["60 trial starts in February"],
  deliverables: [{ title: "Query map", owner: "intent-ops", due_date: "2026-12-15" }],
  rollback: ["restore the pages"],
};

/** Evidence for everything but the plan's approval. */
export const ALL_EVIDENCE = {
  updates: [
    { gate: "strategy_gate", field: "kpi_tree_bound", value: true, evidence: "kpi tree" },
    { gate: "compliance_gate", field: "documented", value: true, evidence: "docs/claims.md" },
    { gate: "compliance_gate", field: "accepted_by_all", value: true, evidence: "mails" },
    { gate: "capacity_gate", field: "rolling_weeks_feasible", value: 8, evidence: "sheet" },
    { gate: "data_gate", field: "dashboard_stable", value: true, evidence: "log" },
    { gate: "data_gate", field: "reconcilable", value: true, evidence: "sheet 2" },
    { gate: "ownership_gate", field: "priority_query_coverage", value: 0.85, evidence: "map" },
  ],
};

/** Plans, reviews, opens the gates and starts the campaign. */
export async function startedBench(options: BenchOptions): Promise<ToolBench> {
  const bench = toolBench(options);
  await bench.call("plan_growth", WHOLE_PLAN);
  await bench.call("review_plan", { plan: "trials", verdict: "approve" }, "plan-reviewer");
  await bench.call("update_gates", ALL_EVIDENCE);
  await bench.call("start_campaign", { plan: "trials" });
  bench.questions.length = 0;
  return bench;
}
