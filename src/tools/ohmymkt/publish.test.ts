import { afterAll, beforeEach, describe, expect, test } from "bun:test";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { paperPlatform, type Paper } from "../../features/publishing/testing/paper.ts";
import type { GrowthReport } from "../../lib/reports.ts";
import { ProviderFailure } from "../../providers/failure.ts";
import { toolBench, type ToolBench } from "../../testing/tool-bench.ts";
import { configurePaper, paperBench, publishing, type Told } from "./testing/paper-bench.ts";

const projects: { dispose(): void }[] = [];
afterAll(() => projects.forEach((one) => one.dispose()));

const MINUTE = 60_000;
const POST = { platform: "paper", content: "We shipped the new importer." };

let bench: ToolBench;
let paper: Paper;
let directory: string;

/** A project with a running campaign and one platform that is set up. */
async function project(platform: Paper, started = true): Promise<ToolBench> {
  const made = await paperBench(platform, started);
  projects.push(made);
  ({ directory } = made);
  return made.bench;
}

const publish = (args: unknown = POST): Promise<Told[]> => publishing(bench, args);
const one = async (args?: unknown) => (await publish(args))[0] ?? { state: "none", why: "", id: "" };

beforeEach(async () => {
  paper = paperPlatform();
  bench = await project(paper);
});

describe("publishing", () => {
  test("sends what a person approved, once, with a receipt that was read back", async () => {
    const text = await bench.text("publish", POST);
    expect(text).toMatch(/^- out-\S+ sent: paper as demo; paper:\/\/\w+; remote id \w+; read back, hash \w{12}$/);
    expect(bench.questions).toHaveLength(1);
    expect(bench.questions[0]).toContain('publish: paper as demo, now: "We shipped the new importer."');
    expect([...paper.posts.values()]).toEqual([{ text: POST.content }]);
  });

  test("the same call again sends nothing and asks nobody", async () => {
    await publish();
    bench.questions.length = 0;
    expect(await publish()).toMatchObject([{ state: "sent", why: "it was sent before; nothing was sent again" }]);
    expect(bench.questions).toEqual([]);
    expect(paper.sends).toHaveLength(1);
  });

  test("preview shows exactly what is sent, and its id publishes it", async () => {
    const text = await bench.text("publish", { action: "preview", ...POST });
    expect(text).toContain("We shipped the new importer.");
    expect(paper.sends).toEqual([]);
    const id = /publish", id: "([^"]+)"/.exec(text)?.[1];
    expect(await one({ action: "publish", id })).toMatchObject({ id, state: "sent" });
  });

  test("a no sends nothing, says why, and keeps the draft", async () => {
    bench.answer = { approved: false, how: "host_prompt", reason: "too boastful" };
    const refusal = await bench.refusal("publish", POST);
    expect(refusal.code).toBe("approval_rejected");
    expect(refusal.message).toContain("too boastful");
    expect(paper.sends).toEqual([]);
    expect(await bench.text("publish", { action: "status" })).toBe("Outbox: 1 draft.");
  });

  test("what was taken back may be published anew", async () => {
    const { id } = await one();
    await publish({ action: "retract", id });
    expect(paper.posts.size).toBe(0);
    const again = await one();
    expect(again).toMatchObject({ state: "sent" });
    expect(again.id).not.toBe(id);
  });

  test("over a platform's limit nothing is asked and nothing sent", async () => {
    const refusal = await bench.refusal("publish", { ...POST, content: "x".repeat(281) });
    expect(refusal.message).toContain("expected at most 280 characters, got 281");
    expect(bench.questions).toEqual([]);
  });

  test("banned terms of the project block", async () => {
    bench = toolBench({
      directory,
      now: bench.now,
      config: { publishing: { ...BASE, banned_terms: ["new importer"] } },
    });
    bench.platforms = { paper: async () => paper.adapter };
    expect((await bench.refusal("publish", POST)).message).toContain('the project bans "new importer"');
  });

  test("links are asked for when something is composed, unless the project says no", async () => {
    const asked: string[] = [];
    const looks = (check_links: boolean): void => {
      bench = toolBench({ directory, now: bench.now, config: { publishing: { ...BASE, check_links } } });
      bench.platforms = { paper: async () => paper.adapter };
      bench.world = {
        ...bench.world,
        allowPrivate: true,
        lookup: async () => [{ address: "127.0.0.1", family: 4 }],
        async fetch(input) {
          asked.push(String(input instanceof Request ? input.url : input));
          return new Response(null, { status: 404 });
        },
      };
    };
    const linked = { ...POST, action: "preview", content: "Read https://example.com/gone" };
    looks(false);
    expect(await bench.text("publish", linked)).not.toContain("Warning");
    expect(asked).toEqual([]);
    looks(true);
    const found = await bench.text("publish", { ...linked, content: `${linked.content} now` });
    expect(found).toContain("https://example.com/gone answers 404");
  });

  test("a file that changed after the approval is not sent", async () => {
    mkdirSync(join(directory, "img"));
    const png = Buffer.from(
      "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==",
      "base64",
    );
    writeFileSync(join(directory, "img/a.png"), png);
    const send = paper.adapter.open;
    paper.adapter.open = (access) => {
      const channel = send(access);
      return {
        ...channel,
        async send(delivery, tools) {
          for (const media of delivery.payload.media) await tools.read(media);
          return channel.send(delivery, tools);
        },
      };
    };
    const { id } = await one({ action: "preview", ...POST, media: ["img/a.png"] });
    writeFileSync(join(directory, "img/a.png"), Buffer.concat([png, Buffer.from("x")]));
    expect(await one({ action: "publish", id })).toMatchObject({
      state: "rejected",
      why: "img/a.png is no longer the file that was approved",
    });
    expect(paper.sends).toEqual([]);
  });

  test("a setting that changed after the approval needs a new one", async () => {
    paper.faults.push({ kind: "unreachable", done: false });
    const { id } = await one();
    await configurePaper(bench, { tone: "loud" });
    bench.now += 10 * MINUTE;
    expect(await one({ action: "publish", id })).toMatchObject({ state: "held" });
    expect((await one()).state).toBe("sent");
    expect(paper.sends).toHaveLength(1);
  });
});

const BASE = { banned_terms: [], check_links: true, max_attempts: 5, backoff_seconds: 60, send_seconds: 60 };

describe("trouble on the way", () => {
  test.each([
    ["rate_limited", "retryable"],
    ["unreachable", "retryable"],
    ["unavailable", "retryable"],
    ["unauthorised", "retryable"],
    ["quota", "quota_paused"],
    ["rejected", "rejected"],
  ] as const)("%s leaves the row %s", async (kind, state) => {
    paper.faults.push({ kind, done: false });
    expect(await one()).toMatchObject({ state });
    expect(paper.posts.size).toBe(0);
  });

  test("Retry-After is honoured, by calls as well as by rounds", async () => {
    paper.faults.push({ kind: "rate_limited", done: false, retryAfterMs: 5 * MINUTE });
    await one();
    bench.now += 4 * MINUTE;
    expect((await one()).why).toContain("may be tried again from");
    await bench.call("publish", { action: "status" });
    expect(paper.sends).toEqual([]);
    bench.now += 2 * MINUTE;
    await bench.call("publish", { action: "status" });
    expect(paper.posts.size).toBe(1);
  });

  test("an answer that never came is looked up: it is there, so it is sent, and sent once", async () => {
    paper.faults.push({ kind: "uncertain", done: true });
    expect(await one()).toMatchObject({ state: "sent" });
    expect(paper.sends).toHaveLength(1);
  });

  test("an answer that never came is looked up: it is not there, so it may be tried again", async () => {
    paper.faults.push({ kind: "uncertain", done: false });
    expect(await one()).toMatchObject({ state: "retryable" });
    expect(await one()).toMatchObject({ state: "sent" });
    expect(paper.sends).toHaveLength(1);
  });

  test("what was accepted and is not there is unknown, never sent", async () => {
    const send = paper.adapter.open;
    paper.adapter.open = (access) => ({ ...send(access), find: async () => undefined });
    expect(await one()).toMatchObject({ state: "unknown" });
  });

  test("while nobody can look, it stays unknown and is not sent again", async () => {
    paper.faults.push({ kind: "uncertain", done: true });
    paper.blind = new ProviderFailure("unavailable", "paper is down");
    expect(await one()).toMatchObject({ state: "unknown" });
    expect(await one()).toMatchObject({ state: "unknown" });
    await bench.call("publish", { action: "status" });
    expect(paper.sends).toHaveLength(1);
    paper.blind = undefined;
    await bench.call("publish", { action: "status" });
    expect(await one()).toMatchObject({ state: "sent" });
    expect(paper.sends).toHaveLength(1);
  });

  test("a late arrival is waited for before its absence is believed", async () => {
    paper = paperPlatform({ readBack: { possible: true, settleMs: 2 * MINUTE }, keyed: false });
    bench = await project(paper);
    paper.faults.push({ kind: "uncertain", done: true });
    const hide = paper.adapter.open;
    paper.adapter.open = (access) => {
      const channel = hide(access);
      return { ...channel, find: async (delivery) => (late ? undefined : channel.find(delivery)) };
    };
    let late = true;
    expect(await one()).toMatchObject({ state: "unknown" });
    bench.now += MINUTE;
    await bench.call("publish", { action: "status" });
    late = false;
    bench.now += 2 * MINUTE;
    await bench.call("publish", { action: "status" });
    expect(await one()).toMatchObject({ state: "sent" });
    expect(paper.posts.size).toBe(1);
  });

  test("where nobody can ever look, a person gets a task and decides", async () => {
    paper = paperPlatform({ exactlyOnce: "none", readBack: { possible: false, settleMs: 0 } });
    bench = await project(paper);
    paper.faults.push({ kind: "uncertain", done: true });
    const { id, state, why } = await one();
    expect(state).toBe("unknown");
    expect(why).toContain(`{action: "resolve", id: "${id}"`);
    const task = await bench.look((tx) => tx.tasks.get(`resolve-${id}`));
    expect(task?.owner).toBe("person");
    expect(await publish({ action: "resolve", id, arrived: true })).toMatchObject([{ state: "sent" }]);
    expect(bench.questions.at(-1)).toContain("did arrive");
    expect((await bench.look((tx) => tx.tasks.get(`resolve-${id}`)))?.status).toBe("completed");
    expect(paper.sends).toHaveLength(1);
  });

  test("used-up quota halts the account's queue and keeps its items until a person approves", async () => {
    paper.faults.push({ kind: "quota", done: false });
    const first = await one();
    const second = await one({ ...POST, content: "Second post" });
    expect(second).toMatchObject({ state: "approved" });
    expect(second.why).toContain("quota");
    expect(paper.sends).toEqual([]);
    expect(await one({ action: "publish", id: first.id })).toMatchObject({ state: "sent" });
    expect(await one({ action: "publish", id: second.id })).toMatchObject({ state: "sent" });
  });

  test("the last attempt that certainly failed holds the row and opens an incident", async () => {
    for (let attempt = 1; attempt <= 5; attempt += 1) {
      paper.faults.push({ kind: "unreachable", done: false });
      await one();
      bench.now += 60 * MINUTE;
    }
    expect(await bench.text("incident", { action: "list" })).toMatch(
      /P2 open content_system: publish\/paper still fails/,
    );
    expect(await bench.text("publish", { action: "status" })).toContain("1 held");
  });
});

describe("the rules", () => {
  test.each<[string, (made: ToolBench) => Promise<unknown>, RegExp]>([
    ["a paused campaign", (made) => made.call("start_campaign", { action: "pause" }), /the campaign is paused/],
    [
      "an open P0",
      (made) => made.call("incident", { severity: "P0", module: "content_system", summary: "wrong price" }),
      /P0 inc-\S+ is open/,
    ],
    [
      "a closed gate",
      (made) => made.call("update_gates", { gate: "data_gate", field: "dashboard_stable", value: false }),
      /gates fail: data_gate/,
    ],
  ])("%s blocks, and says which", async (_name, stop, says) => {
    await stop(bench);
    const refusal = await bench.refusal("publish", POST);
    expect(refusal.code).toBe("not_allowed");
    expect(refusal.message).toMatch(says);
    expect(paper.sends).toEqual([]);
  });

  test("without a campaign nothing is published", async () => {
    paper = paperPlatform();
    bench = await project(paper, false);
    expect((await bench.refusal("publish", POST)).message).toMatch(/gates fail: .*the campaign is none/);
  });

  test("a corrective notice may go out during a P0, with approval", async () => {
    await bench.call("incident", { severity: "P0", module: "content_system", summary: "wrong price" });
    bench.questions.length = 0;
    expect(await one({ ...POST, content: "Correction: the price is 9", class: "notice" })).toMatchObject({
      state: "sent",
    });
    expect(bench.questions[0]).toContain("corrective notice on paper");
  });

  test("a P0 holds what waits; it goes out only on a new approval", async () => {
    const at = new Date(bench.now + 60 * MINUTE).toISOString();
    const { id } = await one({ action: "schedule", ...POST, at });
    expect(await bench.text("publish", { action: "status", id })).toContain(`goes out ${at}`);
    const opened = await bench.text("incident", { severity: "P0", module: "content_system", summary: "wrong price" });
    expect(opened).toContain(`held in the outbox: ${id} (paper)`);
    bench.now += 120 * MINUTE;
    await bench.call("publish", { action: "status" });
    expect(paper.sends).toEqual([]);
    expect((await bench.refusal("publish", { action: "publish", id })).code).toBe("not_allowed");
  });

  test("what is to appear later waits here when the platform cannot hold it, whatever the payload says of its time", async () => {
    const { compose } = paper.adapter;
    const at = new Date(bench.now + 60 * MINUTE).toISOString();
    paper.adapter.compose = (draft, setting) => {
      const { payloads, ...made } = compose(draft, setting);
      return { ...made, payloads: payloads.map((payload) => ({ ...payload, at })) };
    };
    expect(await one({ action: "schedule", ...POST, at })).toMatchObject({ state: "scheduled" });
    bench.now += 61 * MINUTE;
    expect(await publish({ action: "status" })).toMatchObject([{ state: "sent" }]);
  });

  test("what was sent after the incident began is listed by the cycle and retracted together", async () => {
    const opened = await bench.text("incident", { severity: "P0", module: "content_system", summary: "wrong price" });
    const incident = /inc-\S+/.exec(opened)?.[0] ?? "";
    await bench.look(async (tx) => {
      const base = {
        platform: "paper",
        account: "demo",
        class: "content" as const,
        warnings: [],
        setting_hash: "s",
        requested_by: "t",
      };
      for (const text of ["one", "two"]) {
        const row = await tx.outbox.add({ ...base, batch: "b", payload: { text, media: [], wire: {} } });
        await tx.outbox.transition(row.id, "approved", { approval: "a" });
        await tx.outbox.transition(row.id, "sending", { owner: bench.world.owner });
        await tx.outbox.transition(row.id, "sent", { receipt: { remote_id: row.key } });
        paper.posts.set(row.key, { text });
      }
    });
    bench.now += MINUTE;
    const cycle = await bench.text("run_cycle", { cadence: "weekly" });
    expect(cycle).toContain("Decision: rollback");
    expect(cycle).toContain(`{action: "retract", id: "${incident}"}`);
    bench.questions.length = 0;
    expect(await publish({ action: "retract", id: incident })).toMatchObject([
      { state: "retracted" },
      { state: "retracted" },
    ]);
    expect(bench.questions).toHaveLength(1);
    expect(paper.posts.size).toBe(0);
  });
});

test("the growth report tells what left and what waits", async () => {
  await one();
  paper.faults.push({ kind: "rejected", done: false });
  await one({ ...POST, content: "Refused" });
  const { value } = await bench.call("report_growth", {});
  expect((value as GrowthReport).publishing).toMatchObject([
    { title: POST.content, platform: "paper, demo", status: "sent", receipt: expect.stringContaining("paper://") },
    { title: "Refused", status: "failed", receipt: "paper says rejected" },
  ]);
});

describe("posts that wait on the platform", () => {
  const later = (): string => new Date(bench.now + 60 * MINUTE).toISOString();

  beforeEach(async () => {
    paper = paperPlatform({ schedules: true });
    bench = await project(paper);
  });

  test("are scheduled there, and count as sent once they are public", async () => {
    expect(await one({ action: "schedule", ...POST, at: later() })).toMatchObject({ state: "scheduled" });
    expect(paper.sends).toHaveLength(1);
    bench.now += 61 * MINUTE;
    await bench.call("publish", { action: "status" });
    expect((await one({ action: "status" })).state).toBe("scheduled");
    for (const [, post] of paper.posts) delete post.scheduled_for;
    await bench.call("publish", { action: "status" });
    expect(await bench.text("publish", { action: "status" })).toBe("Outbox: 1 sent.");
  });

  test("are taken from the platform when a P0 holds them", async () => {
    await one({ action: "schedule", ...POST, at: later() });
    await bench.call("incident", { severity: "P0", module: "content_system", summary: "wrong price" });
    await bench.call("publish", { action: "status" });
    expect(paper.posts.size).toBe(0);
    expect(await bench.text("publish", { action: "status" })).toContain("1 held");
  });
});

describe("the runbook", () => {
  beforeEach(() => {
    bench.world = { ...bench.world, env: {} };
  });

  test("names the call that mends a missing key, before anybody is asked", async () => {
    const refusal = await bench.refusal("publish", POST);
    expect(refusal.code).toBe("provider");
    expect(refusal.message).toContain("PAPER_KEY of paper is not set");
    expect(refusal.hint).toContain('ohmymkt_provider_config {action: "set", category: "publish", provider: "paper"');
    expect(bench.questions).toEqual([]);
  });

  test("after the fix one retry; when that fails the channel is skipped, a P2 opens and the cycle goes on", async () => {
    await bench.refusal("publish", POST);
    await configurePaper(bench, { tone: "calm" });
    const refusal = await bench.refusal("publish", POST);
    expect(refusal.message).toContain("The channel is skipped");
    expect(await bench.text("incident", { action: "list" })).toMatch(/P2 open content_system/);
    bench.world = { ...bench.world, env: { PAPER_KEY: "k" } };
    expect((await bench.refusal("publish", POST)).message).toContain("publish/paper is skipped");
    expect(await bench.text("run_cycle", { cadence: "weekly" })).toContain("Decision: intervene");
  });

  test("is P1 when the plan's channels name the platform", async () => {
    paper.adapter.spec = { ...paper.adapter.spec, aliases: ["organic search"] };
    bench.platforms = { paper: async () => paper.adapter };
    for (let call = 0; call < 3; call += 1) await bench.refusal("publish", POST);
    expect(await bench.text("incident", { action: "list" })).toMatch(/P1 open content_system/);
  });

  test("a working retry ends the trouble", async () => {
    await bench.refusal("publish", POST);
    bench.world = { ...bench.world, env: { PAPER_KEY: "k" } };
    expect(await one()).toMatchObject({ state: "sent" });
    bench.world = { ...bench.world, env: {} };
    expect((await bench.refusal("publish", { ...POST, content: "Next" })).message).toContain("Mend it as said");
  });
});
