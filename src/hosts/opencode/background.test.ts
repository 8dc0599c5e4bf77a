import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import { countTokens } from "gpt-tokenizer";
import { isEnded, jobMarker, type Job } from "../../lib/jobs.ts";
import { startHost, type OpencodeHost } from "../../testing/opencode-host.ts";
import { oneShotRun } from "../../testing/one-shot-run.ts";
import { pluginHost, type PluginHost } from "../../testing/plugin-host.ts";
import type { ScriptStep } from "../../testing/script-step.ts";
import { script } from "../../testing/scripted-model.ts";
import { makeWorkspace } from "../../testing/temp-workspace.ts";

setDefaultTimeout(120_000);

/** Seconds of the time limit in this project. */
const LIMIT_S = 4;
const CONFIG = { ".ohmymkt/config.json": JSON.stringify({ schema_version: 1, background: { minutes: LIMIT_S / 60 } }) };

let world: PluginHost;
let host: OpencodeHost;

beforeAll(async () => {
  world = await pluginHost({ files: CONFIG });
  host = world.host;
});
afterAll(() => world.dispose());

const jobsOf = (session: string): Promise<Job[]> => world.look((tx) => tx.jobs.list({ session }));
const heard = (session: string): Promise<string[]> => world.heard(session);

const job = (steps: ScriptStep[], more: Record<string, unknown> = {}): [string, Record<string, unknown>] => [
  "background_task",
  { agent: "research-agent", prompt: `Work. ${script(steps)}`, title: "work", ...more },
];

const play = (steps: ScriptStep[], agent = "growth-manager"): ReturnType<PluginHost["play"]> =>
  world.play(agent, steps);

const told = (session: string): Promise<Job[]> =>
  world.until("every job to be told", async () => {
    const jobs = await jobsOf(session);
    return jobs.length > 0 && jobs.every((one) => one.notified_at !== undefined) && jobs;
  });
describe("jobs in a real host", () => {
  test("three run at a time, with their own tools, and are told in one message that wakes the agent", async () => {
    const work = (name: string): ScriptStep[] => [
      { delay_ms: 700, calls: [["ohmymkt_research_brief", { action: "create", title: name, objectives: ["o"] }]] },
      { delay_ms: 700, text: `result ${name}` },
    ];
    const { session, text } = await play([
      { calls: [job(work("a"), { title: "A" }), job(work("b"), { title: "B" }), job(work("c"), { title: "C" })] },
      { delay_ms: 6000, text: "started: {{last}}" },
      { text: "noted" },
    ]);
    expect(text).toMatch(/started: job-\w+ is running: research-agent: [ABC]/);
    const jobs = await told(session);
    expect(
      jobs
        .map((one) => [one.state, one.result ?? "", one.tokens])
        .toSorted(([, a], [, b]) => String(a).localeCompare(String(b))),
    ).toEqual([
      ["completed", "result a", 30],
      ["completed", "result b", 30],
      ["completed", "result c", 30],
    ]);
    const spans = jobs.map((one) => [Date.parse(one.started_at ?? ""), Date.parse(one.finished_at ?? "")] as const);
    expect(Math.max(...spans.map(([from]) => from))).toBeLessThan(Math.min(...spans.map(([, to]) => to)));
    await host.idle(session);
    const messages = await heard(session);
    for (const one of jobs) expect(messages.join("\n").split(jobMarker(one))).toHaveLength(2);
    expect(messages).toHaveLength(1);
    expect((await host.messages(session)).at(-1)?.parts.map((part) => part.text)).toContain("noted");
    const children = await host.children(session);
    expect(children.map((child) => child.id).toSorted()).toEqual(jobs.map((one) => one.child_session ?? "").toSorted());
    for (const one of jobs)
      expect(world.requestsOf(one.child_session)[0]?.tools.map((tool) => tool.name)).not.toContain("background_task");
  });

  test("a child whose model fails is told as failed, with the reason", async () => {
    const { session } = await play([{ calls: [job([{ status: 400 }])] }, { text: "on" }]);
    const [failed] = await told(session);
    expect(failed).toMatchObject({ state: "failed", error: expect.stringContaining("scripted failure 400") });
    expect((await heard(session)).join()).toContain(`[${failed?.id} failed]`);
  });

  test("a child that hangs is stopped at the time limit, and its request is cut", async () => {
    const { session } = await play([{ calls: [job([{ delay_ms: 50_000, text: "never" }])] }, { text: "on" }]);
    const [late] = await told(session);
    expect(late).toMatchObject({ state: "failed", error: expect.stringContaining("the limit for a job") });
    const took = Date.parse(late?.finished_at ?? "") - Date.parse(late?.started_at ?? "");
    expect(took).toBeGreaterThan(LIMIT_S * 900);
    expect(took).toBeLessThan(LIMIT_S * 1000 + 20_000);
    await host.idle(late?.child_session ?? "", 2000);
  });

  test("cancel ends the child's requests, is told by its own answer, and only once", async () => {
    const { session, text } = await play([
      { calls: [job([{ delay_ms: 3000, calls: [["ohmymkt_read_state", { file: "health" }]] }, { text: "never" }])] },
      { delay_ms: 700, calls: [["background_cancel", { id: "{{match:job-[0-9a-z]+}}" }]] },
      { text: "answer: {{last}}" },
    ]);
    expect(text).toMatch(/answer: \[job-\w+ cancelled\].*\n?.*cancelled by growth-manager/);
    const [cancelled] = await told(session);
    expect(cancelled).toMatchObject({ state: "cancelled", read_at: expect.any(String) });
    await host.idle(cancelled?.child_session ?? "", 2000);
    const before = world.requestsOf(cancelled?.child_session).length;
    await Bun.sleep(3500);
    expect(world.requestsOf(cancelled?.child_session)).toHaveLength(before);
    expect(await heard(session)).toEqual([]);
  });

  test("wait: true answers with the result, and it is not told again", async () => {
    const { session, text } = await play([
      { calls: [job([{ delay_ms: 200, text: "the answer is 42" }], { wait: true })] },
      { text: "got {{last}}" },
    ]);
    expect(text).toMatch(/got \[job-\w+ finished\][^]*the answer is 42/);
    await told(session);
    expect(await heard(session)).toEqual([]);
  });

  test("a session that a person stopped is left alone until they use it again", async () => {
    const { id } = await host.session();
    await host.promptAsync(
      id,
      `Go. ${script([{ calls: [job([{ delay_ms: 900, text: "done meanwhile" }])] }, { delay_ms: 20_000, text: "never" }])}`,
      { agent: "growth-manager" },
    );
    await world.until("the job to run", async () => (await jobsOf(id)).some((one) => one.child_session !== undefined));
    await host.abort(id);
    await world.until("the job to end", async () => (await jobsOf(id)).every(isEnded));
    await Bun.sleep(1200);
    expect(await heard(id)).toEqual([]);
    expect(await jobsOf(id)).toMatchObject([{ state: "completed", result: "done meanwhile" }]);
    await host.prompt(id, `And now? ${script([{ text: "hello" }])}`, { agent: "growth-manager" });
    await told(id);
    expect(await heard(id)).toHaveLength(1);
  });

  test("a child that waits for an approval is not late, and goes on once a person has answered", async () => {
    const plan = {
      goal: "Grow trials",
      name: "trials",
      objective: { metric: "trial starts", baseline: 40, target: 60, deadline: "2027-02-28" },
      channels: ["organic search"],
      boundaries: ["no paid media"],
      budget: { amount: 500, currency: "EUR" },
      timeline: { start: "2026-12-01", end: "2027-02-28" },
      acceptance_criteria: ["60 trial starts"],
      deliverables: [{ title: "Query map", owner: "intent-ops" }],
      rollback: ["restore the pages"],
    };
    const review = job(
      [{ calls: [["ohmymkt_review_plan", { plan: "trials", verdict: "approve" }]] }, { text: "reviewed: {{last}}" }],
      { agent: "plan-reviewer" },
    );
    const { session } = await play([{ calls: [["ohmymkt_plan_growth", plan]] }, { calls: [review] }, { text: "on" }]);
    const [request] = await world.until("the question", async () => {
      const open = await host.permissions();
      return open.length > 0 && open;
    });
    await Bun.sleep(LIMIT_S * 1000 + 1500);
    const [waiting] = await jobsOf(session);
    const look = await host.prompt(
      session,
      `Look. ${script([{ calls: [["background_output", { id: waiting?.id }]] }, { text: "{{last}}" }])}`,
      { agent: "growth-manager" },
    );
    expect(look.text).toContain("It waits for a person's answer.");
    await host.reply(request?.id ?? "", "once");
    const [done] = await told(session);
    expect(done).toMatchObject({ state: "completed", result: expect.stringContaining("reviewed: ") });
  });

  test("a deleted session takes its work with it, and nobody is told", async () => {
    const { session } = await play([{ calls: [job([{ delay_ms: 3500, text: "never" }])] }, { text: "on" }]);
    await host.request("DELETE", `/session/${session}`);
    const [gone] = await world.until("the job to end", async () => {
      const jobs = await jobsOf(session);
      return jobs.every(isEnded) && jobs;
    });
    expect(gone).toMatchObject({ state: expect.stringMatching(/cancelled|lost/) });
    expect(gone?.notified_at).toBeUndefined();
  });

  test("an agent starts only its delegates, and background work starts none", async () => {
    const foreign = await play([
      { calls: [["background_task", { agent: "seo-engineer", prompt: "Work." }]] },
      { text: "{{last}}" },
    ]);
    expect(foreign.text).toMatch(
      /not_allowed: growth-manager may not start "seo-engineer"[^]*it may start requirements-analyst, /,
    );
    const inside = await play([
      {
        calls: [
          job([{ calls: [job([{ text: "deep" }])] }, { text: "tried: {{last}}" }], {
            agent: "execution-manager",
            wait: true,
          }),
        ],
      },
      { text: "{{last}}" },
    ]);
    expect(inside.text).toMatch(/tried: .*(unavailable|not available|invalid|denied)/is);
    expect(await jobsOf(inside.session)).toHaveLength(1);
  });

  test("compaction carries unread results in at most 200 tokens", async () => {
    const { session } = await play([
      { calls: [job([{ text: "r1" }]), job([{ text: "r2" }])] },
      { text: "on" },
      { text: "noted" },
    ]);
    const [first, second] = await told(session);
    await host.idle(session);
    await host.prompt(
      session,
      `Read it. ${script([{ calls: [["background_output", { id: first?.id }]] }, { text: "{{last}}" }])}`,
      { agent: "growth-manager" },
    );
    host.model.clear();
    await host.summarize(session);
    const summary =
      host.model
        .requests()
        .find((request) => request.kind === "summary")
        ?.messages.map((message) => message.text)
        .join("\n") ?? "";
    const carried = summary.slice(summary.indexOf("ohmymkt state to carry over"));
    expect(carried).toContain(`background: ${second?.id} finished, unread`);
    expect(carried).not.toContain(first?.id ?? "?");
    expect(countTokens(carried)).toBeLessThanOrEqual(200);
  });
});

test("opencode run waits in the foreground and says so", async () => {
  const steps: ScriptStep[] = [
    { calls: [job([{ delay_ms: 1200, text: "in the foreground" }])] },
    { text: "got {{last}}" },
  ];
  const prompt = `Go. ${script(steps)}`;
  const { out, code } = await oneShotRun(world.home, world.directory, "growth-manager", prompt);
  expect(code).toBe(0);
  expect(out).toMatch(
    /\[job-\w+ finished\][^]*in the foreground[^]*It was waited for here: this process ends with its turn/,
  );
});

test("where the host's own background subagents are on, ours stand back", async () => {
  using own = makeWorkspace({ git: true });
  await using other = await startHost({
    directory: own.directory,
    plugin: world.spec,
    model: host.model,
    env: { OPENCODE_EXPERIMENTAL_BACKGROUND_SUBAGENTS: "true" },
  });
  const { id } = await other.session();
  const turn = await other.prompt(id, `Go. ${script([{ calls: [job([{ text: "no" }])] }, { text: "{{last}}" }])}`, {
    agent: "growth-manager",
  });
  expect(turn.text).toContain("Nothing was started");
  expect(turn.text).toContain("background: true");
  expect(await other.children(id)).toEqual([]);
});
