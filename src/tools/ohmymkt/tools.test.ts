import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { makeWorkspace, type Workspace } from "../../testing/temp-workspace.ts";
import { ALL_EVIDENCE, startedBench, toolBench, WHOLE_PLAN, type ToolBench } from "../../testing/tool-bench.ts";

let workspace: Workspace;
let bench: ToolBench;
const DAY = 86_400_000;

beforeEach(() => {
  workspace = makeWorkspace();
  bench = toolBench({ directory: workspace.directory });
});
afterEach(async () => {
  await bench.store.close();
  workspace.dispose();
});

const path = (...parts: string[]): string => join(workspace.directory, ".ohmymkt", ...parts);
const json = (file: string): Record<string, unknown> => JSON.parse(readFileSync(path(file), "utf8"));

async function started(): Promise<void> {
  await bench.store.close();
  bench = await startedBench({ directory: workspace.directory });
}

describe("plan_growth and list_plans", () => {
  test("an existing name gets a new version, and the earlier one stays in the ledger", async () => {
    await bench.call("plan_growth", WHOLE_PLAN);
    expect(await bench.text("plan_growth", { ...WHOLE_PLAN, goal: "Grow trials twice as fast" })).toContain(
      "version 2",
    );
    const history = await bench.look((tx) => tx.documents.history("plans/trials.md"));
    expect(history).toHaveLength(2);
    expect(history[1]?.content).toContain("Grow trial starts");
  });

  test("a revision keeps what it does not name, but not what was assumed", async () => {
    await bench.call("plan_growth", { goal: "g", name: "p", mode: "ultrawork", channels: ["blog"] });
    const text = await bench.text("plan_growth", { goal: "g", revise: "p", mode: "planned" });
    expect(text).toContain("missing: boundaries");
    expect(text).toContain("missing: timeline {start, end} and budget");
  });

  test.each([
    [{ channels: ["Google Ads"] }, "paid channels"],
    [{ goal: "Product launch on 2027-03-01" }, "fixed launch date"],
    [{ budget: { amount: 1001, currency: "EUR" } }, "over the ultrawork limit"],
  ])("ultrawork refuses %j", async (change, why) => {
    const error = await bench.refusal("plan_growth", { ...WHOLE_PLAN, mode: "ultrawork", ...change });
    expect(error.message).toContain(why);
    expect(existsSync(path("plans/trials.md"))).toBe(false);
  });

  test("two goals in Chinese are two plans, and both are listed", async () => {
    await bench.call("plan_growth", { goal: "提升自然流量" });
    await bench.call("plan_growth", { goal: "增加试用注册" });
    const { value } = await bench.call("list_plans");
    expect((value as { plans: unknown[] }).plans).toHaveLength(2);
  });
});

describe("review_plan", () => {
  test("a plan that fails the checklist cannot be approved, and nobody is asked", async () => {
    await bench.call("plan_growth", { goal: "Grow", name: "thin" });
    const error = await bench.refusal("review_plan", { plan: "thin", verdict: "approve" }, "plan-reviewer");
    expect(error.message).toContain("no rollback route");
    expect(bench.questions).toEqual([]);
  });

  test("revise needs findings, and list_plans shows them", async () => {
    await bench.call("plan_growth", WHOLE_PLAN);
    expect((await bench.refusal("review_plan", { verdict: "revise" }, "plan-reviewer")).message).toContain("findings");
    await bench.call("review_plan", { verdict: "revise", findings: ["baseline has no source"] }, "plan-reviewer");
    expect(await bench.text("list_plans")).toContain(
      "needs_revision — Grow trial starts — to mend: baseline has no source",
    );
  });
});

describe("update_gates", () => {
  test("the question about an incomplete plan says what fails", async () => {
    await bench.call("plan_growth", { goal: "Grow", name: "thin" });
    await bench.call("update_gates", {
      gate: "strategy_gate",
      field: "approved",
      value: true,
      evidence: "board meeting",
    });
    expect(bench.questions[0]).toContain("plan thin does not yet meet: the objective has a measurable outcome");
  });

  test("closing a field asks nobody and needs no evidence", async () => {
    await bench.call("update_gates", ALL_EVIDENCE);
    bench.questions.length = 0;
    await bench.call("update_gates", { gate: "data_gate", field: "reconcilable", value: false });
    expect(bench.questions).toEqual([]);
    expect(json("state/gates.json")["evidence"]).not.toHaveProperty("data_gate.reconcilable");
  });

  test("a hand edit is kept, shown and does not open the gate; confirming it does", async () => {
    await bench.call("check_gates");
    const gates = json("state/gates.json");
    writeFileSync(
      path("state/gates.json"),
      JSON.stringify({ ...gates, capacity_gate: { rolling_weeks_feasible: 12 } }),
    );
    expect(await bench.text("check_gates")).toContain(
      "| capacity_gate | rolling_weeks_feasible | 12 | FAIL | edited by hand, not confirmed",
    );
    await bench.call("update_gates", {
      gate: "capacity_gate",
      field: "rolling_weeks_feasible",
      value: 12,
      evidence: "sheet",
    });
    expect(await bench.text("check_gates")).toContain("| capacity_gate | rolling_weeks_feasible | 12 | pass | sheet");
  });

  test("evidence that somebody wrote into the file by hand is not evidence", async () => {
    await bench.call("check_gates");
    const gates = json("state/gates.json");
    const forged = { evidence: "trust me", set_by: "person (cli)", set_at: "2026-12-01T08:00:00.000Z" };
    writeFileSync(
      path("state/gates.json"),
      JSON.stringify({
        ...gates,
        capacity_gate: { rolling_weeks_feasible: 12 },
        evidence: { "capacity_gate.rolling_weeks_feasible": forged },
      }),
    );
    expect(await bench.text("check_gates")).toContain("edited by hand, not confirmed");
  });

  test("nobody there: the call is refused, the question waits, and the same call goes through once it is answered", async () => {
    bench.answer = undefined;
    const call = { gate: "data_gate", field: "reconcilable", value: true, evidence: "sheet" };
    const id = /apr-\w+/.exec((await bench.refusal("update_gates", call, "seo-engineer")).message)?.[0];
    bench.answer = { approved: true, how: "host_prompt" };
    expect(await bench.text("approvals", { action: "ask", ids: [id] })).toContain("approved");
    bench.answer = undefined;
    expect(await bench.text("update_gates", call, "seo-engineer")).toContain("data_gate.reconcilable = true");
    expect((await bench.refusal("update_gates", call, "seo-engineer")).code).toBe("approval_required");
  });
});

describe("start_campaign", () => {
  test("the approval of one plan does not start another", async () => {
    await bench.call("plan_growth", WHOLE_PLAN);
    await bench.call("review_plan", { plan: "trials", verdict: "approve" }, "plan-reviewer");
    await bench.call("update_gates", ALL_EVIDENCE);
    await bench.call("plan_growth", { ...WHOLE_PLAN, name: "other" });
    expect(await bench.text("start_campaign", { plan: "other" })).toContain(
      "the approval belongs to plan trials, not to other",
    );
    expect(existsSync(path("boulder.json"))).toBe(false);
  });

  test("seeds everything, writes a board of 40 executable items, and an expired gate blocks the next one", async () => {
    await started();
    for (const file of ["gates", "metrics", "modules", "sprint-board", "execution", "cycles"])
      expect(existsSync(path(`state/${file}.json`))).toBe(true);
    expect(await bench.text("read_state", { file: "health" })).toContain("[x] every board item has owner");
    bench.now += 11 * DAY;
    const error = await bench.call("start_campaign", { plan: "trials", end_current: true });
    expect(error.text).toContain("its evidence expired on 2026-12-11");
    expect(json("state/execution.json")).toMatchObject({ state: "active" });
  });

  test("ending archives board and state", async () => {
    await started();
    const text = await bench.text("start_campaign", { action: "end", reason: "done" });
    const archived = /\.ohmymkt\/(\S+)/.exec(text)?.[1] ?? "";
    expect(json(archived)).toMatchObject({
      execution: { state: "ended" },
      board: { plan: "trials", items: { length: 40 } },
    });
    expect(json("boulder.json")).toMatchObject({ active_plan: null });
  });
});

describe("incidents, cycles and reports", () => {
  test("a P0 needs a postmortem and a person to end, then the campaign resumes with its scale modules", async () => {
    await started();
    await bench.call("incident", { severity: "high", module: "content_system", summary: "wrong price" });
    expect(json("state/execution.json")).toMatchObject({ state: "paused" });
    await bench.call("run_cycle", { cadence: "weekly" });
    expect(json("state/modules.json")).toMatchObject({ acceleration_core: { scale_loop: { status: "paused" } } });
    const id = "inc-20261201-1";
    expect((await bench.refusal("start_campaign", { action: "resume" })).message).toContain("is open");
    expect((await bench.refusal("incident", { action: "resolve", id })).message).toContain("without a postmortem");
    expect((await bench.refusal("incident", { action: "update", id, severity: "P2" })).message).toContain(
      "without a postmortem",
    );
    bench.answer = { approved: false, how: "host_prompt", reason: "not yet" };
    const postmortem = {
      impact: "3 visits",
      root_cause: "typo",
      prevention: [{ title: "review step", owner: "content-ops", due_date: "2026-12-20" }],
    };
    expect((await bench.refusal("incident", { action: "resolve", id, postmortem })).message).toContain("not yet");
    expect(json(`incidents/${id}.json`)).toMatchObject({ status: "open" });
    bench.answer = { approved: true, how: "host_prompt" };
    await bench.call("incident", { action: "resolve", id, postmortem });
    await bench.call("start_campaign", { action: "resume" });
    expect(json("state/execution.json")).toMatchObject({ state: "active" });
    expect(json("state/modules.json")).toMatchObject({ acceleration_core: { scale_loop: { status: "active" } } });
    const tasks = await bench.look((tx) => tx.tasks.list());
    expect(tasks.map((task) => task.id).toSorted()).toEqual([
      `postmortem-${id}`,
      `prevention-${id}`,
      `prevention-${id}-1`,
    ]);
  });

  test("an unreadable incident counts as an open P0 until it is repaired", async () => {
    await started();
    await bench.call("incident", { severity: "P2", module: "content_system", summary: "typo" });
    const file = path("incidents/inc-20261201-1.json");
    const whole = readFileSync(file);
    writeFileSync(file, whole.subarray(0, 40));
    expect(await bench.text("run_cycle", { cadence: "weekly" })).toContain("Decision: rollback");
    writeFileSync(file, whole);
    expect(await bench.text("incident", { action: "list" })).toContain("P2 open");
  });

  test("a monthly cycle does not roll back again what a weekly one did", async () => {
    await started();
    await bench.call("incident", { severity: "P0", summary: "x" });
    const weekly = await bench.text("run_cycle", { cadence: "weekly" });
    const monthly = await bench.text("run_cycle", { cadence: "monthly" });
    expect(weekly).toContain("Effect: campaign rolled back");
    expect(monthly).toContain("Decision: rollback");
    expect(monthly).not.toContain("Effect: campaign rolled back");
  });

  test("earlier actions are closed or deferred with a reason, and the report lists what is open", async () => {
    await started();
    await bench.call("run_cycle", { cadence: "weekly" });
    const id = "weekly-20261201-1-a1";
    expect(
      (await bench.refusal("run_cycle", { cadence: "weekly", actions: [{ id, status: "deferred" }] })).message,
    ).toContain("without a reason");
    await bench.call("run_cycle", { cadence: "weekly", actions: [{ id, status: "done" }] });
    expect(json("state/cycles.json")).toMatchObject({
      cycles: [{ actions: expect.arrayContaining([expect.objectContaining({ id, status: "done" })]) }, {}],
    });
  });

  test("two sources that disagree are both kept, and the configured order decides", async () => {
    await bench.store.close();
    bench = await startedBench({ directory: workspace.directory, config: { source_order: ["ga4"] } });
    const one = (source: string, trend: string) => ({
      track: "quality_track",
      metric: "high_intent_session",
      trend,
      source,
    });
    const text = await bench.text(
      "update_metrics",
      { observations: [one("ga4", "down"), one("dashboard", "up")] },
      "growth-analyst",
    );
    expect(text).toContain("ga4 says down");
    expect(text).toContain("dashboard says up");
    expect(text).toContain("ga4 is used by the source order");
    expect(json("state/metrics.json")).toMatchObject({ quality_track: { high_intent_session_trend: "down" } });
    const report = await bench.text("report_growth", { window: "7d" });
    expect(report).toContain("Conflicts: 1");
  });

  test("the day of today counts as today east of UTC too, and tomorrow nowhere", async () => {
    await bench.store.close();
    bench = toolBench({
      directory: workspace.directory,
      now: Date.parse("2026-12-01T20:00:00Z"),
      config: { timezone: "Asia/Tokyo" },
    });
    const stated = { track: "quality_track", metric: "leads", value: 4, source: "crm" };
    const { value } = await bench.call("update_metrics", { ...stated, observed_at: "2026-12-02" }, "growth-analyst");
    expect(value).toMatchObject({ stored: [{ observed_at: "2026-12-01T20:00:00.000Z" }] });
    const tomorrow = await bench.refusal("update_metrics", { ...stated, observed_at: "2026-12-03" }, "growth-analyst");
    expect(tomorrow.message).toContain("in the future");
  });

  test("a decision that a hand wrote over is reported as it was made, and an invented one as what it is", async () => {
    const file = path("state/cycles.json");
    await bench.call("run_cycle", { cadence: "weekly" });
    const whole = readFileSync(file, "utf8");
    writeFileSync(
      file,
      whole.replaceAll('"intervene"', '"continue"').replace(/"reason": "[^"]*"/, '"reason": "all is well"'),
    );
    expect(await bench.text("report_growth")).toContain("Decision: intervene — visibility is not up");
    expect(await bench.text("read_state", { file: "cycles" })).not.toContain("all is well");
    writeFileSync(file, whole.replace(/"id": "weekly-\d+-\d+"/, '"id": "weekly-invented"'));
    expect(await bench.text("report_growth")).toContain("Decision: intervene — not in the ledger");
  });

  test("hundreds of conflicts and lost tasks do not drown the answer", async () => {
    const stated = (source: string, value: number) =>
      Array.from({ length: 60 }, (_, n) => ({ track: "quality_track", metric: `m${n}`, value, source }));
    const observations = [...stated("crm", 1), ...stated("sheet", 9)];
    const text = await bench.text("update_metrics", { observations }, "growth-analyst");
    expect(text.match(/^Conflict in/gm)).toHaveLength(20);
    expect(text).toContain("… and 40 more: see them in ohmymkt_report_growth");
    await bench.look(async (tx) => {
      const task = { objective: "o", owner: "seo-engineer", acceptance_criteria: [] };
      await tx.tasks.create(Array.from({ length: 130 }, (_, n) => ({ ...task, id: `t${n}`, title: `t${n}` })));
      for (let n = 0; n < 130; n += 1) await tx.tasks.transition(`t${n}`, "cancelled");
    });
    const report = await bench.call("report_growth");
    expect(report.text.match(/^cancelled: t/gm)).toHaveLength(20);
    expect(report.value).toMatchObject({ tasks: { counts: { cancelled: 130 }, lost: { length: 100 } } });
  });

  test("a report is partial while a required task is unfinished", async () => {
    await started();
    await bench.call("incident", { severity: "P0", summary: "x" });
    await bench.call("run_cycle", { cadence: "weekly" });
    const text = await bench.text("report_growth", { requires: ["postmortem-inc-20261201-1", "no-such-task"] });
    expect(text).toContain("(partial)");
    expect(text).toContain("no-such-task (unknown)");
  });
});
