import { describe, expect, test } from "bun:test";
import { z } from "zod";
import { isOurTool } from "../../features/claude-code-agent-loader/our-tools.ts";
import { SHIPPED_AGENTS } from "../../features/claude-code-agent-loader/shipped.ts";
import { createOhmymktTools } from "../../library.ts";
import * as library from "../../library.ts";
import { makeWorkspace } from "../../testing/temp-workspace.ts";
import { CATALOG } from "./catalog.ts";
import { TOOLS } from "./index.ts";

/** The public contract: every tool of this version with its arguments; `?` marks the optional ones. */
const CONTRACT: Record<string, string> = {
  ohmymkt_plan_growth:
    "goal name? mode? objective? channels? boundaries? budget? timeline? acceptance_criteria? deliverables? risks? rollback? kpi_tree? revise?",
  ohmymkt_list_plans: "",
  ohmymkt_review_plan: "plan? verdict findings?",
  ohmymkt_check_gates: "",
  ohmymkt_update_gates: "gate? field? value? evidence? expires_in_days? updates?",
  ohmymkt_start_campaign: "action? plan? end_current? reason?",
  ohmymkt_run_cycle: "cadence actions?",
  ohmymkt_incident: "action? severity? module? summary? id? note? postmortem?",
  ohmymkt_update_metrics: "track? metric? value? trend? unit? source? observed_at? observations?",
  ohmymkt_import_metrics: "file format? mapping? dry_run? source? as_of? date_format? decimal?",
  ohmymkt_report_growth: "window? requires?",
  ohmymkt_read_state: "file query? page?",
  ohmymkt_research_brief: "action id? title? objectives? competitors? findings? gaps?",
  ohmymkt_competitor_profile:
    "action id? name? url? positioning? pricing? strengths? weaknesses? features? target_audience? differentiators? threats? opportunities?",
  ohmymkt_save_positioning: "action name? statement? headline? proof_points? risks? score? selected? rationale?",
  ohmymkt_asset_manifest: "action id? type? name? status? format? path? notes? alt_text?",
  ohmymkt_generate_image: "prompt style? aspect? size? negative_prompt? name? alt_text?",
  ohmymkt_generate_video: "type prompt? template_id? props? image_path? duration_sec? aspect? name? alt_text? id?",
  ohmymkt_provider_config: "action category? provider? platform? api_key_env? url? project_path? options?",
  ohmymkt_publish: "action? platform? content? title? asset_id? media? at? audience? class? id? arrived?",
  ohmymkt_task_create: "tasks? pattern? stages? from_board?",
  ohmymkt_task_claim: "owner? id?",
  ohmymkt_task_update: "id token? status? note? results? error? add_blocked_by? metadata?",
  ohmymkt_task_list: "status? owner? campaign? ready? stale? page?",
  ohmymkt_approvals: "action ids?",
  ohmymkt_swarm: "action owners? max_concurrency? limits?",
  background_task: "agent prompt title? wait?",
  background_output: "id wait?",
  background_cancel: "id",
};

function signature(args: z.ZodRawShape): string[] {
  const { properties = {}, required = [] } = z.toJSONSchema(z.strictObject(args), {
    io: "input",
    unrepresentable: "any",
  });
  return Object.keys(properties).map((name) => (required.includes(name) ? name : `${name}?`));
}

describe("tools", () => {
  test("are exactly those of the contract, with exactly its arguments", () => {
    expect(TOOLS.map((tool) => tool.name).toSorted()).toEqual(Object.keys(CONTRACT).toSorted());
    for (const tool of TOOLS)
      expect([tool.name, signature(tool.args).toSorted()]).toEqual([
        tool.name,
        (CONTRACT[tool.name] ?? "").split(" ").filter(Boolean).toSorted(),
      ]);
  });

  test("what a model sees is lean and names every argument it may need", () => {
    for (const { name, schema } of CATALOG) {
      const text = JSON.stringify(schema);
      for (const word of [
        "$schema",
        'pattern":"',
        'format":"',
        "maxLength",
        "minimum",
        "additionalProperties",
        "default",
      ])
        expect([name, text.includes(`"${word}`)]).toEqual([name, false]);
    }
    expect(CATALOG.map((entry) => entry.name)).toEqual(TOOLS.map((tool) => tool.name));
  });

  test("those that ask a person are those of the contract", () => {
    expect(
      TOOLS.filter((tool) => tool.asks)
        .map((tool) => tool.name)
        .toSorted(),
    ).toEqual([
      "ohmymkt_generate_image",
      "ohmymkt_generate_video",
      "ohmymkt_incident",
      "ohmymkt_provider_config",
      "ohmymkt_publish",
      "ohmymkt_review_plan",
      "ohmymkt_start_campaign",
      "ohmymkt_update_gates",
    ]);
  });
});

describe("agents", () => {
  test("hold only tools that exist, with actions that exist, and every tool has an agent", () => {
    const held = new Set<string>();
    for (const agent of SHIPPED_AGENTS) {
      for (const grant of agent.tools.filter((one) => isOurTool(one.tool))) {
        held.add(grant.tool);
        const tool = TOOLS.find((one) => one.name === grant.tool);
        expect([agent.name, grant.tool, tool !== undefined]).toEqual([agent.name, grant.tool, true]);
        const { properties = {} } = z.toJSONSchema(z.strictObject(tool?.args ?? {}), {
          io: "input",
          unrepresentable: "any",
        });
        const actions = typeof properties["action"] === "object" ? (properties["action"].enum ?? []) : [];
        for (const action of grant.actions ?? []) expect(actions).toContain(action);
      }
    }
    expect([...held].toSorted()).toEqual(TOOLS.map((tool) => tool.name).toSorted());
  });
});

describe("the library", () => {
  test("exports what the contract names for this version", () => {
    for (const name of [
      "createOhmymktTools",
      "getUltraworkSource",
      "getUltraworkMessage",
      "isMarketingAgent",
      "loadProjectAgents",
      "openStore",
    ])
      expect(library).toHaveProperty(name);
  });

  test("createOhmymktTools is a record of host tools that work, ask through the call and turn errors into text", async () => {
    using workspace = makeWorkspace();
    const tools = createOhmymktTools({ directory: workspace.directory });
    expect(Object.keys(tools)).toEqual(TOOLS.map((tool) => tool.name));
    const asked: string[] = [];
    const call = {
      sessionID: "ses_1",
      messageID: "msg_1",
      agent: "growth-manager",
      directory: workspace.directory,
      worktree: "/",
      abort: new AbortController().signal,
      metadata: () => undefined,
      ask: async ({ permission }: { permission: string }) => void asked.push(permission),
    };
    const update = { gate: "data_gate", field: "reconcilable", value: true, evidence: "sheet" };
    expect(await tools["ohmymkt_update_gates"]?.execute(update, call)).toContain("data_gate.reconcilable = true");
    expect(asked).toEqual(["approve gate: data_gate.reconcilable = true (sheet)"]);
    await expect(tools["ohmymkt_run_cycle"]?.execute({ cadence: "daily" }, call)).rejects.toThrow(
      /invalid_arguments[^]*weekly[^]*Next:/,
    );
  });
});
