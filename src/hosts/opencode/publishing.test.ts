import { afterAll, beforeAll, beforeEach, describe, expect, setDefaultTimeout, test } from "bun:test";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createHash } from "node:crypto";
import { z } from "zod";
import type { OutboxItem } from "../../lib/outbox.ts";
import { makePng } from "../../providers/publish/testing/pictures.ts";
import { startFaultProxy, type FaultProxy, type ProxyAction } from "../../testing/fault-proxy.ts";
import type { PermissionDecision, Turn } from "../../testing/opencode-host.ts";
import { oneShotRun, type OneShotRun } from "../../testing/one-shot-run.ts";
import { startPds, type Pds } from "../../testing/pds.ts";
import { pluginHost, type PluginHost } from "../../testing/plugin-host.ts";
import { confirmBluesky, startCampaign } from "../../testing/publishing-project.ts";
import type { ScriptStep } from "../../testing/script-step.ts";
import { makeWorkspace } from "../../testing/temp-workspace.ts";
import { script } from "../../testing/scripted-model.ts";

setDefaultTimeout(120_000);

let pds: Pds;
let proxy: FaultProxy;
let world: PluginHost;
let decision: PermissionDecision = "once";
let asked: string[] = [];
const sha256 = (data: Uint8Array | string): string => createHash("sha256").update(data).digest("hex");
const textOf = (body: Uint8Array): string => Buffer.from(body).toString();
const Illustrated = z.object({
  embed: z.object({ images: z.array(z.object({ image: z.object({ ref: z.object({ $link: z.string() }) }) })) }),
});

/** What becomes of the next request that creates a post; the others pass. */
let fault: ProxyAction["do"] | undefined;

beforeAll(async () => {
  pds = await startPds();
  proxy = await startFaultProxy(pds.url, ({ path }) => {
    if (fault === undefined || !path.startsWith("/xrpc/com.atproto.repo.putRecord")) return { do: "pass" };
    const action = fault;
    fault = undefined;
    return action === "hang_after" ? { do: action } : { do: "pass" };
  });
  world = await pluginHost({
    env: environment(),
    reach: [Number(new URL(proxy.url).port)],
  });
  // The first request waits until the plugin is installed.
  await world.host.request("GET", "/agent", { timeoutMs: 90_000 });
  await startCampaign(world.directory);
  await confirmBluesky(world.directory, { url: proxy.url, handle: pds.handle });
  answerAsTold();
}, 180_000);

afterAll(async () => {
  await world.dispose();
  await proxy.close();
  await pds.close();
});

beforeEach(() => {
  decision = "once";
  asked = [];
});

const environment = (): Record<string, string> => ({
  OHMYMKT_ALLOW_PRIVATE_ADDRESSES: "1",
  BLUESKY_APP_PASSWORD: pds.password,
});

function answerAsTold(): void {
  world.host.onPermission(({ permission }) => {
    asked.push(permission);
    return decision;
  });
}

const publish = (args: Record<string, unknown>): ScriptStep[] => call("ohmymkt_publish", args);
const call = (tool: string, args: Record<string, unknown>): ScriptStep[] => [
  { calls: [[tool, args]] },
  { text: "heard: {{last}}" },
];
const child = (agent: string, steps: ScriptStep[]): ScriptStep[] =>
  call("task", { description: "work", subagent_type: agent, prompt: `Work. ${script(steps)}` });

const posts = async (): Promise<unknown[]> => (await pds.posts(pds.did)).map(({ value }) => value["text"]);
const outbox = (): Promise<OutboxItem[]> => world.look((tx) => tx.outbox.list({ limit: 100 }));

test("a missing provider is named with the call that sets it up; set up by approval, the retry goes out with its receipt", async () => {
  using own = makeWorkspace({ git: true });
  await startCampaign(own.directory);
  const { id } = await world.host.session({ directory: own.directory });
  const say = (steps: ScriptStep[]): Promise<Turn> =>
    world.host.prompt(id, `Go. ${script(steps)}`, { agent: "growth-manager", timeoutMs: 60_000 });
  const post = { platform: "bluesky", content: "Hello from a channel that was not there." };

  const missing = await say(publish(post));
  expect(missing.text).toContain("publish provider bluesky is not configured");
  expect(missing.text).toContain(
    'ohmymkt_provider_config {action: "set", category: "publish", provider: "bluesky", api_key_env: "BLUESKY_APP_PASSWORD", options: {handle: "…"}}',
  );
  expect(asked).toEqual([]);

  const named = {
    action: "set",
    category: "publish",
    provider: "bluesky",
    api_key_env: "BLUESKY_APP_PASSWORD",
    url: proxy.url,
    options: { handle: pds.handle },
  };
  decision = { reject: "which server is that" };
  const refused = await say(child("execution-manager", call("ohmymkt_provider_config", named)));
  expect(refused.text).toContain("which server is that");
  expect((await say(publish(post))).text).toContain("not configured");

  decision = "once";
  const set = await say(
    child("execution-manager", [
      { calls: [["ohmymkt_provider_config", named]] },
      { calls: [["ohmymkt_provider_config", { action: "test", category: "publish", provider: "bluesky" }]] },
      { text: "{{last}}" },
    ]),
  );
  expect(asked.slice(0, 2)).toEqual(
    Array(2).fill(`approve provider: publish by Bluesky at ${proxy.url}/ with the key in BLUESKY_APP_PASSWORD`),
  );
  expect(set.text).toContain("Test: it answers as alice.test");

  const sent = await say(publish(post));
  expect(sent.text).toMatch(/ sent: bluesky as alice\.test; .*; read back, hash [0-9a-f]{12}/);
  expect(await posts()).toContain(post.content);
  expect(JSON.stringify(await world.host.messages(id))).not.toContain(pds.password);
});

describe("publishing with a person's approval", () => {
  const text = "Still copying by hand? *Our new importer* is out.";
  const post = { platform: "bluesky", content: text };

  test("a no with a reason comes back to the model, and nothing was sent", async () => {
    decision = { reject: "say what it costs" };
    const turn = await world.play("growth-manager", publish(post));
    expect(turn.text).toContain("approval_rejected");
    expect(turn.text).toContain("say what it costs");
    expect(await posts()).not.toContain(text);
    expect(await outbox()).toMatchObject([{ state: "draft" }]);
  });

  test("the question carries platform, account, text and hash; one yes sends it once", async () => {
    const turn = await world.play("growth-manager", publish(post));
    expect(turn.text).toMatch(
      / sent: bluesky as alice\.test; https:\/\/bsky\.app\/profile\/did:\S+; remote id at:\/\/did:/,
    );
    const [row] = await outbox();
    expect(asked).toEqual([
      `approve publish: bluesky as alice.test, now: "Still copying by hand？ ＊Our new importer＊ is out." [${row?.payload_hash.slice(0, 12)}]`,
    ]);
    expect((await posts()).filter((one) => one === text)).toHaveLength(1);
    const again = await world.play("growth-manager", publish(post));
    expect(again.text).toContain("it was sent before; nothing was sent again");
    expect(asked).toHaveLength(1);
    expect((await posts()).filter((one) => one === text)).toHaveLength(1);
  });
});

describe("from deeper than a person sees", () => {
  const picture = makePng(64, 48);
  const post = { platform: "bluesky", content: "The importer at work.", media: ["images/importer.png"] };
  const deep = (...steps: ScriptStep[]): ScriptStep[] => [
    ...child("execution-manager", child("content-ops", steps)).slice(0, 1),
    { text: "heard: {{last}}" },
  ];

  test("the id comes back, growth-manager asks, and the same call goes through with its picture", async () => {
    mkdirSync(join(world.directory, "images"));
    writeFileSync(join(world.directory, "images/importer.png"), picture);
    const asset = {
      action: "add",
      type: "image",
      name: "Importer",
      path: "images/importer.png",
      alt_text: "A table fills itself",
    };
    const first = await world.play(
      "growth-manager",
      deep({ calls: [["ohmymkt_asset_manifest", asset]] }, ...publish(post)),
    );
    const id = /approval needed: (apr-[a-z0-9]+)/.exec(first.text)?.[1];
    expect(first.text).toContain("approve publish: bluesky as alice.test, now, with images/importer.png");
    expect(asked).toEqual([]);
    expect(await posts()).not.toContain(post.content);

    await world.play("growth-manager", call("ohmymkt_approvals", { action: "ask", ids: [id] }));
    expect(asked).toEqual([expect.stringContaining('with images/importer.png: "The importer at work."')]);

    const second = await world.play("growth-manager", deep(...publish(post)));
    expect(second.text).toContain(" sent: bluesky as alice.test");
    expect(asked).toHaveLength(1);
    const [shown] = await pds.posts(pds.did);
    expect(shown?.value).toMatchObject({
      text: post.content,
      embed: { images: [{ alt: "A table fills itself", aspectRatio: { width: 64, height: 48 } }] },
    });
    const { embed } = Illustrated.parse(shown?.value);
    expect(sha256(await pds.blob(pds.did, embed.images[0]?.image.ref.$link ?? ""))).toBe(sha256(picture));
  });

  test("content-writer may preview, and not publish", async () => {
    const words = { platform: "bluesky", content: "A draft of the writer." };
    const writer = (steps: ScriptStep[]): ScriptStep[] => child("execution-manager", child("content-writer", steps));
    const preview = await world.play("growth-manager", writer(publish({ action: "preview", ...words })));
    expect(preview.text).toContain("bluesky as alice.test, draft");
    expect(preview.text).toMatch(/Hash: [0-9a-f]{64}/);
    const refusal = await world.play("growth-manager", writer(publish(words)));
    expect(refusal.text).toContain('not_allowed: content-writer may not use ohmymkt_publish {action: "publish"}');
    expect(asked).toEqual([]);
    expect(await posts()).not.toContain(words.content);
  });
});

test("killed between the request and its answer, the next run looks it up: sent, and one post", async () => {
  const text = "Sent a moment before the power went.";
  fault = "hang_after";
  const { id } = await world.host.session();
  await world.host.promptAsync(id, `Go. ${script(publish({ platform: "bluesky", content: text }))}`, {
    agent: "growth-manager",
  });
  await world.until("the post on the server", async () => (await posts()).includes(text));
  const row = async (): Promise<OutboxItem | undefined> =>
    (await outbox()).find(({ payload }) => payload.text === text);
  expect(await row()).toMatchObject({ state: "sending" });
  await world.restart();
  answerAsTold();
  expect(await row()).toMatchObject({ state: "sending" });
  asked = [];

  await world.play("growth-manager", [{ text: "Good morning." }]);
  const sent = await world.until("the row to be sent", async () => {
    const present = await row();
    return present?.state === "sent" && present;
  });
  expect(sent.receipt).toMatchObject({ remote_id: expect.stringMatching(/^at:/), remote_hash: sha256(text) });
  expect((await posts()).filter((one) => one === text)).toHaveLength(1);
  const puts = proxy.requests().filter(({ path, body }) => path.includes("putRecord") && textOf(body).includes(text));
  expect(puts).toHaveLength(1);
  expect(asked).toEqual([]);
});

test("a one-shot run, where nobody can answer, sends nothing and says how a person allows it; then it goes out", async () => {
  const post = { platform: "bluesky", content: "Posted while nobody watched." };
  const run = (): Promise<OneShotRun> =>
    oneShotRun(world.home, world.directory, "growth-manager", `Go. ${script(publish(post))}`, environment());
  const { out } = await run();
  const id = /approval needed: (apr-[a-z0-9]+) \(approve publish: bluesky as alice\.test/.exec(out)?.[1] ?? "";
  expect(out).toContain(`a person runs \`ohmymkt approvals --approve ${id}\``);
  expect(await posts()).not.toContain(post.content);
  await world.look((tx) => tx.approvals.decide(id, { approved: true, how: "cli_yes" }));
  expect((await run()).out).toContain(" sent: bluesky as alice.test");
  expect((await posts()).filter((one) => one === post.content)).toHaveLength(1);
});

describe("an incident", () => {
  const wrong = "The importer is free for ever.";
  const later = "Next week: a webinar on imports.";

  test("a P0 holds what waits, the cycle rolls back, and one yes takes back what went out since", async () => {
    const at = new Date(Date.now() + 3_600_000).toISOString();
    const scheduled = await world.play(
      "growth-manager",
      publish({ action: "schedule", platform: "bluesky", content: later, at }),
    );
    expect(scheduled.text).toContain(` scheduled: bluesky as alice.test; goes out ${at}`);
    const opened = await world.play(
      "growth-manager",
      call("ohmymkt_incident", { severity: "P1", module: "content_system", summary: "The price page is in doubt" }),
    );
    const incident = /inc-[0-9]+-[a-z0-9]+/.exec(opened.text)?.[0];
    await world.play("growth-manager", publish({ platform: "bluesky", content: wrong }));
    expect(await posts()).toContain(wrong);

    const raised = await world.play(
      "growth-manager",
      call("ohmymkt_incident", { action: "update", id: incident, severity: "P0", note: "the price is wrong" }),
    );
    expect(raised.text).toMatch(/held in the outbox: out-\S+ \(bluesky\)/);
    const cycle = await world.play("growth-manager", call("ohmymkt_run_cycle", { cadence: "weekly" }));
    expect(cycle.text).toContain("Decision: rollback");
    expect(cycle.text).toContain(`{action: "retract", id: "${incident}"}`);

    asked = [];
    const retract = await world.play("growth-manager", publish({ action: "retract", id: incident }));
    expect(asked).toEqual([
      expect.stringMatching(/^approve retract: take back bluesky https:\/\/bsky\.app\/profile\//),
    ]);
    expect(retract.text).toContain(" retracted: bluesky as alice.test");
    expect(await posts()).not.toContain(wrong);
    expect((await outbox()).map(({ payload, state }) => [payload.text, state])).toContainEqual([later, "held"]);
    const status = await world.play("growth-manager", publish({ action: "status" }));
    expect(status.text).toContain("1 held");
    expect(status.text).toContain("1 retracted");
  });
});
