import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { LedgerRow } from "../../lib/ledger.ts";
import { isOurTool } from "../../features/claude-code-agent-loader/our-tools.ts";
import { SHIPPED_AGENTS } from "../../features/claude-code-agent-loader/shipped.ts";
import { openStore } from "../../store/open.ts";
import { CHAPTERS, playChapter, prepareProject, type Chapter } from "../../testing/growth-loop.ts";
import { startHost, type OpencodeHost, type Turn } from "../../testing/opencode-host.ts";
import { packPlugin } from "../../testing/pack.ts";
import type { RecordedRequest } from "../../testing/scripted-model.ts";
import { makeWorkspace, type Workspace } from "../../testing/temp-workspace.ts";

setDefaultTimeout(120_000);

let project: Workspace;
let host: OpencodeHost;
let session: string;
let rows: LedgerRow[];
const questions: string[] = [];
const turns = new Map<Chapter, Turn>();

/** The whole canonical path is played once, in the packed plugin, without a network; the tests look at what it left. */
beforeAll(async () => {
  project = makeWorkspace({ git: true });
  prepareProject(project.directory, new Date().toISOString());
  const { spec } = await packPlugin({ root: join(import.meta.dirname, "../../..") });
  host = await startHost({ directory: project.directory, plugin: spec, network: "none" });
  host.onPermission((request) => {
    questions.push(request.permission);
    return request.permission.startsWith("approve ") ? "once" : { reject: "not expected" };
  });
  session = (await host.session()).id;
  for (const chapter of CHAPTERS) turns.set(chapter, await playChapter(host, session, chapter));
  rows = await ledger();
});

afterAll(async () => {
  await host.stop();
  project.dispose();
});

async function ledger(): Promise<LedgerRow[]> {
  const store = openStore({ directory: project.directory });
  try {
    return await store.transaction({ actor: { host: "library" }, tool: "test" }, async (tx) => {
      expect(await tx.ledger.verify()).toMatchObject({ ok: true });
      return (await tx.ledger.list()).toReversed();
    });
  } finally {
    await store.close();
  }
}

const state = async (path: string): Promise<unknown> =>
  JSON.parse(await readFile(join(project.directory, ".ohmymkt", path), "utf8"));
const who = (kind: string): string[] =>
  rows.filter((row) => row.kind === kind).map((row) => row.actor.agent ?? "person");

/** The requests of each agent, told apart by the agent's own prompt. */
function requestsOf(agent: string): RecordedRequest[] {
  const prompt = SHIPPED_AGENTS.find((one) => one.name === agent)?.prompt.trim() ?? "?";
  return host.model.requests().filter((request) => request.system.join("\n").includes(prompt));
}

describe("the canonical path", () => {
  test("every chapter ends without an error", () => {
    for (const [chapter, turn] of turns) expect([chapter, turn.error]).toEqual([chapter, undefined]);
    for (const turn of turns.values()) {
      for (const part of turn.parts)
        if (part.type === "tool") expect(part).not.toMatchObject({ state: { status: "error" } });
    }
  });

  test("analyst, reviewer, manager and a specialist two levels deep each did their own part", () => {
    expect(who("plan.written")).toEqual(["requirements-analyst", "requirements-analyst"]);
    expect(rows.filter((row) => row.kind === "plan.review").map((row) => [row.actor.agent, row.after])).toMatchObject([
      ["plan-reviewer", { verdict: "revise", version: 1 }],
      ["plan-reviewer", { verdict: "approve", version: 2 }],
    ]);
    expect(who("campaign.blocked")).toEqual(["execution-manager"]);
    expect(who("gate.set")).toEqual(["plan-reviewer", "seo-engineer", ...Array<string>(8).fill("growth-manager")]);
    expect(who("campaign.active")).toEqual(["execution-manager", "growth-manager"]);
    expect(new Set(rows.map((row) => row.actor.host))).toEqual(new Set(["opencode"]));
    // Rounds of the host itself read the settings, and note that a person wrote the file.
    const byHost = rows.filter((row) => row.actor.session === undefined);
    expect(byHost.filter((row) => row.actor.agent !== undefined || row.subject !== "config.json")).toEqual([]);
    expect(rows.every(({ actor }) => actor.session?.startsWith("ses_") ?? actor.agent === undefined)).toBe(true);
  });

  test("a person was asked in the root's view, in full, and for each thing once", () => {
    expect(questions).toMatchObject([
      expect.stringMatching(/^approve plan: demand-gen v2 \(plans\/demand-gen\.md@[0-9a-f]{8}\): Build a 30-day/),
      "approve gate: data_gate.dashboard_stable = true (dashboard log of 14 days without a gap)",
      expect.stringMatching(
        /^approve gate: strategy_gate\.kpi_tree_bound = true .*ownership_gate\.priority_query_coverage = 0\.91 \(query map v3/,
      ),
      expect.stringMatching(
        /^approve gate: strategy_gate\.kpi_tree_bound = true \(measured: all 1 inputs .*ownership_gate\.priority_query_coverage = 1 \(measured: /,
      ),
      expect.stringMatching(/^approve incident: resolve P0 inc-/),
      "approve campaign: resume demand-gen (rolled_back): price corrected",
    ]);
    expect(rows.filter((row) => row.kind === "approval.approved").map((row) => row.evidence)).toEqual(
      Array(6).fill(expect.objectContaining({ how: "host_prompt" })),
    );
    expect(rows.filter((row) => row.kind === "approval.used")).toHaveLength(6);
  });

  test("too deep to ask, the specialist handed the id back and growth-manager asked", () => {
    const [asked] = rows.filter((row) => row.kind === "approval.requested" && row.actor.agent === "seo-engineer");
    const approved = rows.find((row) => row.kind === "approval.approved" && row.subject === asked?.subject);
    const used = rows.find((row) => row.kind === "approval.used" && row.subject === asked?.subject);
    expect([approved?.actor.agent, approved?.tool, used?.actor.agent]).toEqual([
      "growth-manager",
      "ohmymkt_approvals",
      "seo-engineer",
    ]);
  });

  test("what was declared gave way to what the analyst imported, and the report came with its chart", async () => {
    const { cycles } = (await state("state/cycles.json")) as {
      cycles: { cadence: string; confidence: { level: string }; signals: { trend: string; basis: string }[] }[];
    };
    const [, declared, measured] = cycles;
    expect(declared).toMatchObject({ cadence: "weekly", confidence: { level: "low" } });
    expect(measured).toMatchObject({ cadence: "monthly", confidence: { level: "high" } });
    expect(declared?.signals.map(({ basis, trend }) => `${basis} ${trend}`)).toEqual(Array(4).fill("declared up"));
    expect(measured?.signals.map(({ basis, trend }) => `${basis} ${trend}`)).toEqual([
      "measured up",
      "measured flat",
      "measured down",
      "measured down",
    ]);
    expect(rows.filter((row) => row.kind === "observations.imported").map((row) => row.actor.agent)).toContain(
      "growth-analyst",
    );
    const report = turns.get("data")?.parts.find((part) => part.tool === "ohmymkt_report_growth");
    expect(report?.state?.["attachments"]).toMatchObject([
      {
        mime: "image/png",
        filename: "decision.png",
        url: expect.stringMatching(/^data:image\/png;base64,iVBORw0KGgo/),
      },
    ]);
    const page = await readFile(
      join(project.directory, /\.ohmymkt\/reports\/summary\/\S+\.html/.exec(report?.state?.output ?? "")?.[0] ?? ""),
      "utf8",
    );
    expect(page.match(/<svg/g)?.length ?? 0).toBeGreaterThanOrEqual(4);
  });

  test("cycles gave all three decisions, and a P0 was rolled back exactly once", async () => {
    const { cycles } = (await state("state/cycles.json")) as {
      cycles: { decision: string; reason: string; report: string; effects: string[]; scale: string }[];
    };
    expect(cycles.map((cycle) => cycle.decision)).toEqual([
      "intervene",
      "continue",
      "intervene",
      "rollback",
      "rollback",
    ]);
    expect(cycles.map((cycle) => cycle.scale)).toEqual(["open", "open", "open", "blocked", "blocked"]);
    for (const cycle of cycles) expect(existsSync(join(project.directory, ".ohmymkt", cycle.report))).toBe(true);
    expect(cycles[3]?.effects.join()).toContain("campaign rolled back");
    expect(cycles[4]?.effects).toEqual([]);
    expect(who("effect.rollback")).toHaveLength(1);
    expect(rows.filter((row) => row.kind.startsWith("campaign.")).map((row) => row.kind)).toEqual([
      "campaign.blocked",
      "campaign.active",
      "campaign.paused",
      "campaign.rolled_back",
      "campaign.active",
    ]);
  });

  test("the files say where things stand", async () => {
    expect(await state("boulder.json")).toMatchObject({
      active_plan: "demand-gen",
      plan_path: ".ohmymkt/plans/demand-gen.md",
    });
    expect(await state("state/execution.json")).toMatchObject({
      state: "active",
      tracks: { visibility: "active", quality: "active" },
    });
    expect(await state("state/sprint-board.json")).toMatchObject({ plan: "demand-gen", items: { length: 40 } });
    expect(await state("state/gates.json")).toMatchObject({
      strategy_gate: { kpi_tree_bound: true, approved: true },
      capacity_gate: { rolling_weeks_feasible: 9 },
    });
    expect(await state("state/metrics.json")).toMatchObject({
      visibility_track: { non_brand_visibility_trend: "up" },
      quality_track: { high_intent_session_trend: "down" },
    });
    const plan = await readFile(join(project.directory, ".ohmymkt/plans/demand-gen.md"), "utf8");
    expect(plan).toContain("version: 2");
    expect(plan).toContain("_(assumed from the template)_");
    const report = rows.find((row) => row.kind === "report.written")?.subject ?? "";
    expect(await readFile(join(project.directory, ".ohmymkt", report), "utf8")).toContain(
      "**Decision:** intervene (monthly",
    );
  });
});

describe("what the model was sent", () => {
  test("each agent saw exactly the tools of its front matter", () => {
    const granted = (agent: string): string[] =>
      (SHIPPED_AGENTS.find((one) => one.name === agent)?.tools ?? []).map((grant) => grant.tool).filter(isOurTool);
    for (const agent of [
      "growth-manager",
      "requirements-analyst",
      "plan-reviewer",
      "execution-manager",
      "seo-engineer",
    ]) {
      const [request] = requestsOf(agent);
      const ours = request?.tools.map((tool) => tool.name).filter(isOurTool);
      expect([agent, ours?.toSorted()]).toEqual([agent, granted(agent).toSorted()]);
      expect(request?.tools.map((tool) => tool.name)).not.toContain("bash");
    }
  });

  test("the ultrawork template came once, after the person's own words, and names nobody who is not there", () => {
    const last = requestsOf("growth-manager").at(-1);
    const texts = last?.messages.filter((message) => message.role === "user").map((message) => message.text) ?? [];
    expect(texts.join("\n").match(/Ultrawork/g)?.length ?? 0).toBeGreaterThan(0);
    const first = texts[0] ?? "";
    expect(first.startsWith("ulw build a 30-day demand-gen pipeline for our B2B SaaS")).toBe(true);
    const template = first.slice(first.indexOf("Ultrawork"));
    expect(texts.filter((text) => text.includes(template.slice(0, 120)))).toHaveLength(1);
    const known = new Set(SHIPPED_AGENTS.map((agent) => agent.name));
    for (const name of template.match(
      /\b[a-z]+-(?:manager|analyst|reviewer|engineer|ops|writer|specialist|agent)\b/g,
    ) ?? [])
      expect(known).toContain(name);
    for (const child of requestsOf("plan-reviewer"))
      expect(JSON.stringify(child.messages)).not.toContain(template.slice(0, 120));
  });

  test("nothing of our front matter reached the provider", () => {
    for (const request of host.model.requests()) {
      const keys = Object.keys(request.raw as object);
      for (const key of ["modules", "delegates", "tools_allowed", "origin", "file", "title"])
        expect(keys).not.toContain(key);
    }
  });

  test("growth-manager is the default agent", async () => {
    expect(await host.request("GET", "/config")).toMatchObject({ default_agent: "growth-manager", subagent_depth: 2 });
  });
});
