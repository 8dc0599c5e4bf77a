import { afterAll, beforeEach, describe, expect, test } from "bun:test";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { paperPlatform, type Paper } from "../../features/publishing/testing/paper.ts";
import { before } from "../../features/publishing/testing/paper-project.ts";
import { ProviderFailure } from "../../providers/failure.ts";
import type { ToolBench } from "../../testing/tool-bench.ts";
import { configurePaper, paperBench, publishing, states, type Told } from "./testing/paper-bench.ts";

const projects: { dispose(): void }[] = [];
afterAll(() => projects.forEach((one) => one.dispose()));

const MINUTE = 60_000;
const POST = { platform: "paper", content: "We shipped the new importer." };

let bench: ToolBench;
let paper: Paper;
let directory: string;

async function project(platform: Paper): Promise<void> {
  const made = await paperBench(platform);
  projects.push(made);
  paper = platform;
  ({ bench, directory } = made);
}

const configure = (options: Record<string, string>, ...others: string[]): Promise<void> =>
  configurePaper(bench, options, ...others);
const call = (args: unknown): Promise<Told[]> => publishing(bench, args);

const readers = (count: number): string[] => Array.from({ length: count }, (_, at) => `reader${at}@example.org`);
const mail = (): Paper => paperPlatform({ audience: true, retracts: "none" });
const post = (): Paper => paperPlatform();

describe("a person's yes", () => {
  beforeEach(() => project(post()));

  test("to rows of which one was cancelled meanwhile sends the others", async () => {
    await project(mail());
    const rows = await call({ action: "preview", ...POST, audience: readers(3) });
    before(paper, "send", async () => undefined);
    const ask = bench.answer;
    Object.defineProperty(bench, "answer", {
      get: () => {
        cancelled ??= bench.look((tx) => tx.outbox.transition(rows[1]?.id ?? "", "cancelled"));
        return ask;
      },
    });
    let cancelled: Promise<unknown> | undefined;
    const told = await call({ ...POST, audience: readers(3) });
    expect(told.map(({ state }) => state)).toEqual(["sent", "cancelled", "sent"]);
    expect(paper.sends).toHaveLength(2);
  });

  test("is not asked for what settings have overtaken", async () => {
    const [row] = await call({ action: "preview", ...POST });
    await configure({ tone: "loud" });
    const refusal = await bench.refusal("publish", { action: "publish", id: row?.id });
    expect(refusal.message).toContain("settings of paper changed");
    expect(bench.questions).toEqual([]);
    expect(states(await call(POST))).toEqual({ sent: 1 });
  });

  test("is not asked for while a key is missing, also by id", async () => {
    const [row] = await call({ action: "preview", ...POST });
    bench.world = { ...bench.world, env: {} };
    expect((await bench.refusal("publish", { action: "publish", id: row?.id })).message).toContain("PAPER_KEY");
    expect(bench.questions).toEqual([]);
  });

  test("to a list of what is taken back does not cover what was added to it", async () => {
    const [first] = await call(POST);
    const batch = await bench.look(async (tx) => (await tx.outbox.get(first?.id ?? ""))?.batch ?? "");
    let grown: Promise<unknown> | undefined;
    const answer = bench.answer;
    Object.defineProperty(bench, "answer", {
      get: () => {
        grown ??= bench.look(async (tx) => {
          const base = { platform: "paper", account: "demo", class: "content" as const, warnings: [] };
          const payload = { text: "more", media: [], wire: {} };
          const row = await tx.outbox.add({ ...base, setting_hash: "s", requested_by: "t", batch, payload });
          await tx.outbox.transition(row.id, "approved", { approval: "a" });
          await tx.outbox.transition(row.id, "sending", { owner: bench.world.owner });
          await tx.outbox.transition(row.id, "sent", { receipt: { remote_id: row.key } });
        });
        return answer;
      },
    });
    expect((await bench.refusal("publish", { action: "retract", id: batch })).code).toBe("stale");
    expect(paper.posts.size).toBe(1);
  });

  test("is not asked for to take back what cannot be taken back", async () => {
    await project(mail());
    const rows = await call({ ...POST, audience: readers(2) });
    bench.questions.length = 0;
    const [told] = await call({ action: "retract", id: rows[0]?.id });
    expect(told?.why).toContain("cannot be taken back");
    expect(bench.questions).toEqual([]);
  });

  test("to sending again something lost counts once, and for that attempt", async () => {
    await project(paperPlatform({ exactlyOnce: "none", readBack: { possible: false, settleMs: 0 } }));
    paper.faults.push({ kind: "uncertain", done: false }, { kind: "uncertain", done: false });
    const [row] = await call(POST);
    const resolve = { action: "resolve", id: row?.id, arrived: false };
    expect(states(await call(resolve))).toEqual({ unknown: 1 });
    expect(bench.questions.at(-1)).toContain("is sent AGAIN now");
    bench.questions.length = 0;
    expect(states(await call(resolve))).toEqual({ sent: 1 });
    expect(bench.questions).toHaveLength(1);
    expect(paper.sends).toHaveLength(1);
    const tasks = await bench.look((tx) => tx.tasks.list({}));
    expect(tasks.filter(({ type, status }) => type === "delivery" && status !== "completed")).toEqual([]);
  });

  test("that a delivery arrived is what it counts as sent by", async () => {
    await project(paperPlatform({ exactlyOnce: "none", readBack: { possible: false, settleMs: 0 } }));
    paper.faults.push({ kind: "uncertain", done: true });
    const [row] = await call(POST);
    await call({ action: "resolve", id: row?.id, arrived: true });
    expect(await bench.text("publish", { action: "status", id: row?.id })).toContain(
      "sent: paper as demo; by a person's word",
    );
    expect((await bench.look((tx) => tx.ledger.latest("outbox.sent", row?.id ?? "")))?.reason).toContain(
      "a person says",
    );
  });

  test("that a delivery did not arrive comes too late once a look has found it", async () => {
    paper.faults.push({ kind: "uncertain", done: true });
    const down = paper.adapter.open;
    let blind = true;
    paper.adapter.open = (access) => {
      const channel = down(access);
      const find: typeof channel.find = async (...args) => {
        if (blind) throw new Error("no answer");
        return channel.find(...args);
      };
      return { ...channel, find };
    };
    const [row] = await call(POST);
    expect(row?.state).toBe("unknown");
    const answer = bench.answer;
    Object.defineProperty(bench, "answer", {
      get: () => {
        blind = false;
        return answer;
      },
    });
    const refused = bench.refusal("publish", { action: "resolve", id: row?.id, arrived: false });
    const racing = call({ action: "status" });
    await Promise.allSettled([refused, racing]);
    expect(paper.sends).toHaveLength(1);
  });

  test("is asked with the words first, their length, and a hash; the end of a long text is not hidden", async () => {
    const content = `Line one "quoted" [0123456789ab]; now: \u202Eevil\n${"word ".repeat(2000)}THE END`;
    paper.adapter = { ...paper.adapter, compose: unlimited(paper) };
    bench.platforms = { paper: async () => paper.adapter };
    const [row] = await call({ ...POST, content });
    const [question = ""] = bench.questions;
    const hash = await bench.look(async (tx) => (await tx.outbox.get(row?.id ?? ""))?.payload_hash ?? "none");
    expect(question).toStartWith(
      'publish: paper as demo, now: "Line one \\"quoted\\" [0123456789ab]; now: ⟨U+202E⟩evil ⏎ word',
    );
    expect(question).toContain(
      `(the beginning of ${content.length} characters; preview shows all) [${hash.slice(0, 12)}]`,
    );
    expect(question).toContain("characters that nobody sees or that change its direction: U+202E");
    expect(question.length).toBeLessThan(1000);
  });

  test("is asked in a way that says how late a scheduled post is", async () => {
    const at = new Date(bench.now + 60 * MINUTE).toISOString();
    const [row] = await call({ action: "preview", ...POST, at });
    bench.now += 120 * MINUTE;
    await call({ action: "publish", id: row?.id });
    expect(bench.questions[0]).toContain(`now (it was meant for ${at})`);
  });
});

function unlimited({ adapter: { compose } }: Paper): Paper["adapter"]["compose"] {
  return (draft, setting) => ({ ...compose(draft, setting), problems: [] });
}

test("what was on its way when a P0 opened, and did not arrive, waits for another yes once the P0 is over", async () => {
  await project(post());
  paper.faults.push({ kind: "uncertain", done: false });
  paper.blind = new ProviderFailure("unavailable", "paper is down");
  const [row] = await call(POST);
  expect(row?.state).toBe("unknown");
  const opened = { severity: "P0", module: "content_system", summary: "wrong price" };
  bench.now += MINUTE;
  const id = /inc-\S+/.exec(await bench.text("incident", opened))?.[0] ?? "";
  const prevention = [{ title: "Check prices", owner: "content-ops", due_date: "2026-12-20" }];
  const postmortem = { impact: "3 posts", root_cause: "an old list", prevention };
  await bench.call("incident", { action: "resolve", id, postmortem });
  await bench.call("start_campaign", { action: "resume" });
  paper.blind = undefined;
  bench.now += 10 * MINUTE;
  await call({ action: "status" });
  const [told] = await call({ action: "status", id: row?.id });
  expect(told?.state).toBe("held");
  expect(paper.sends).toEqual([]);
  expect(states(await call({ action: "publish", id: row?.id }))).toEqual({ sent: 1 });
});

describe("rows that were there before", () => {
  test("do not lend their batch to a preview of others", async () => {
    await project(mail());
    await bench.text("publish", { action: "preview", ...POST, audience: ["ann@example.org", "bob@example.org"] });
    const text = await bench.text("publish", {
      action: "preview",
      ...POST,
      audience: ["ann@example.org", "cid@example.org"],
    });
    expect(text).not.toContain('publish", id:');
    expect(text).toContain('Next: the same call with action: "publish"');
    expect(states(await call({ ...POST, audience: ["ann@example.org", "cid@example.org"] }))).toEqual({ sent: 2 });
    const to = await bench.look(async (tx) =>
      (await tx.outbox.list({ state: ["sent"] })).map(({ payload }) => payload.to),
    );
    expect(to).toEqual(["ann@example.org", "cid@example.org"]);
  });

  test("are found whatever case their recipient is written in", async () => {
    await project(mail());
    await call({ ...POST, audience: ["Ann@Example.org", "ann@example.ORG"] });
    expect((await call({ ...POST, audience: "ANN@example.org" }))[0]?.why).toContain("it was sent before");
    expect(paper.sends).toHaveLength(1);
  });

  test("with the same words under another asset or time are named in the question", async () => {
    await project(post());
    paper.faults.push({ kind: "uncertain", done: true });
    paper.blind = new ProviderFailure("unavailable", "paper is down");
    const [lost] = await call(POST);
    const at = new Date(bench.now + 60 * MINUTE).toISOString();
    await call({ ...POST, content: "We  shipped the new IMPORTER.", at });
    expect(bench.questions.at(-1)).toContain(`beware: the same words are unknown as ${lost?.id}`);
    expect(bench.questions[0]).not.toContain("the same words");
  });

  test("and went out after this one was composed are named in the question all the same", async () => {
    await project(post());
    const at = new Date(bench.now + 60 * MINUTE).toISOString();
    const [later] = await call({ action: "preview", ...POST, at });
    const [sent] = await call(POST);
    await call({ action: "publish", id: later?.id });
    expect(bench.questions.at(-1)).toContain(`beware: the same words are sent as ${sent?.id}`);
    expect(bench.questions.at(-1)).not.toContain(later?.id ?? "");
  });

  test("as a notice do not carry content past the rules", async () => {
    await project(post());
    const [notice] = await call({ action: "preview", ...POST, class: "notice" });
    await bench.call("start_campaign", { action: "pause" });
    expect((await bench.refusal("publish", POST)).message).toContain("the campaign is paused");
    const [again] = await call({ action: "preview", ...POST, class: "content" });
    expect(again?.id).not.toBe(notice?.id);
  });
});

describe("many recipients", () => {
  beforeEach(() => project(mail()));

  test("are told of in numbers; what a call's time does not allow goes out by rounds", async () => {
    before(paper, "send", async () => void (bench.now += 1000));
    const text = await bench.text("publish", { ...POST, audience: readers(60) });
    expect(text).toMatch(/^60 deliveries: 4\d sent, 1\d approved\.\n- out-/);
    expect(text).toContain("not begun yet; it goes out with the next round");
    expect(text.split("\n").length).toBeLessThan(25);
    await call({ action: "status" });
    expect(new Set(paper.sends).size).toBe(60);
    expect(paper.sends).toHaveLength(60);
  });

  test("wait when a P0 opens after the first of them", async () => {
    let sent = 0;
    before(paper, "send", async () => {
      sent += 1;
      if (sent === 2)
        await bench.call("incident", { severity: "P0", module: "content_system", summary: "wrong price" });
    });
    expect(states(await call({ ...POST, audience: readers(5) }))).toEqual({ sent: 2, held: 3 });
  });

  test.each<[string, string, unknown]>([
    ["the campaign is paused", "start_campaign", { action: "pause" }],
    ["a gate is closed", "update_gates", { gate: "data_gate", field: "dashboard_stable", value: false }],
    ["the campaign is ended", "start_campaign", { action: "end" }],
  ])("wait when %s after the first of them", async (_name, tool, args) => {
    let sent = 0;
    before(paper, "send", async () => {
      sent += 1;
      if (sent === 1) await bench.call(tool, args);
    });
    expect(states(await call({ ...POST, audience: readers(3) }))).toEqual({ sent: 1, held: 2 });
  });

  test("who wait their turn do not hide what waits for a person", async () => {
    await bench.call("publish", { action: "preview", ...POST, audience: readers(150) });
    const last = await bench.look(async (tx) => {
      const rows = await tx.outbox.list({});
      for (const { id } of rows) await tx.outbox.transition(id, "approved", { approval: "a" });
      const { id } = rows.at(-1) ?? { id: "" };
      await tx.outbox.transition(id, "held", {}, { reason: "a P0" });
      const first = rows[0]?.id ?? "";
      await tx.outbox.transition(first, "sending", { owner: bench.world.owner });
      await tx.outbox.transition(first, "quota_paused", { problem: { kind: "quota", message: "used up" } });
      return id;
    });
    const text = await bench.text("publish", { action: "status" });
    expect(text.split("\n").slice(0, 3)).toEqual([
      "Outbox: 148 approved, 1 quota_paused, 1 held.",
      expect.stringContaining("quota_paused: paper"),
      expect.stringMatching(new RegExp(`^- ${last} held: paper .*; a P0$`)),
    ]);
    expect(text.length).toBeLessThan(5000);
  });

  test("behind one who meets a limit are not tried one after the other", async () => {
    paper.faults.push({ kind: "rate_limited", done: false, retryAfterMs: 5 * MINUTE });
    const told = await call({ ...POST, audience: readers(5) });
    expect(states(told)).toEqual({ retryable: 1, approved: 4 });
    expect(told[1]?.why).toContain(`waits behind ${told[0]?.id}`);
    await call({ action: "status" });
    expect(paper.sends).toEqual([]);
    bench.now += 6 * MINUTE;
    await call({ action: "status" });
    expect(paper.sends).toHaveLength(5);
  });

  test("behind one of whom nobody knows whether it arrived wait for the next round: a server that says nothing loses one, not all", async () => {
    await project(paperPlatform({ audience: true, readBack: { possible: false, settleMs: 0 }, exactlyOnce: "none" }));
    for (let fault = 0; fault < 5; fault += 1) paper.faults.push({ kind: "uncertain", done: false });
    const told = await call({ ...POST, audience: readers(5) });
    expect(states(told)).toEqual({ unknown: 1, approved: 4 });
    expect(told[1]?.why).toContain(`waits behind ${told[0]?.id}`);
    await call({ action: "status" });
    expect(states(await call({ action: "status" }))).toEqual({ unknown: 3, approved: 2 });
    paper.faults.length = 0;
    await call({ action: "status" });
    expect(paper.sends).toHaveLength(2);
  });

  test("with a wrong key are one failure of the channel, not as many as there are rows", async () => {
    for (let fault = 0; fault < 9; fault += 1) paper.faults.push({ kind: "unauthorised", done: false });
    expect(states(await call({ ...POST, audience: readers(5) }))).toEqual({ retryable: 1, approved: 4 });
    await call({ action: "status" });
    await call({ action: "status" });
    expect(await bench.text("incident", { action: "list" })).not.toContain("paper");
    paper.faults.length = 0;
    expect(states(await call({ ...POST, audience: readers(5) }))).toEqual({ sent: 5 });
  });

  test("of one platform that stands still do not keep another from sending", async () => {
    for (const to of readers(130)) {
      const [row] = await call({ action: "preview", ...POST, audience: [to] });
      await bench.look((tx) => tx.outbox.transition(row?.id ?? "", "approved", { approval: "a" }));
    }
    const [first] = await bench.look((tx) => tx.outbox.list({ state: ["approved"], limit: 1 }));
    await bench.look(async (tx) => {
      await tx.outbox.transition(first?.id ?? "", "sending", { owner: bench.world.owner });
      await tx.outbox.transition(first?.id ?? "", "quota_paused", { problem: { kind: "quota", message: "used up" } });
    });
    const other = paperPlatform({ id: "press" });
    await configure({}, "press");
    bench.platforms = { paper: async () => paper.adapter, press: async () => other.adapter };
    const [row] = await call({ action: "preview", ...POST, platform: "press" });
    await bench.look((tx) => tx.outbox.transition(row?.id ?? "", "approved", { approval: "a" }));
    const told = await call({ action: "status" });
    expect(told.filter(({ id }) => id === row?.id)).toMatchObject([{ state: "sent" }]);
    expect(other.sends).toHaveLength(1);
    expect(paper.sends).toEqual([]);
  }, 60_000);
});

test("previews of a platform that is not set up name the call that sets it up, and open no incident", async () => {
  await project(post());
  bench.platforms = { press: async () => paperPlatform({ id: "press" }).adapter };
  for (let look = 0; look < 4; look += 1) {
    const refusal = await bench.refusal("publish", { action: "preview", ...POST, platform: "press" });
    expect(refusal.code).toBe("provider");
    expect(refusal.hint).toContain('provider: "press"');
  }
  expect(await bench.text("incident", { action: "list" })).not.toContain("press");
});

describe("keys", () => {
  beforeEach(() => project(post()));

  test("are refused in content, title and the file of an asset", async () => {
    bench.world = { ...bench.world, env: { ...bench.world.env, BLUESKY_APP_PASSWORD: "secret-paper-key" } };
    writeFileSync(join(directory, "a.md"), "our key is secret-paper-key");
    const asset = { action: "add", id: "a", type: "post", name: "A", path: "a.md", status: "done" };
    await bench.call("asset_manifest", asset, "content-ops");
    for (const words of [{ content: "it is secret-paper-key" }, { title: "secret-paper-key" }, { asset_id: "a" }]) {
      const refusal = await bench.refusal("publish", { ...(words.asset_id ? { platform: "paper" } : POST), ...words });
      expect(refusal.message).toMatch(/key/);
      expect(paper.sends).toEqual([]);
      expect(refusal.message).not.toContain("secret-paper-key");
    }
  });

  test("that a platform or a library repeats reach neither answer, row nor ledger", async () => {
    const { open } = paper.adapter;
    let step = 0;
    paper.adapter.open = (access) => {
      const channel = open(access);
      return {
        ...channel,
        async send(...args) {
          step += 1;
          if (step === 1) throw new Error("Authorization: Bearer secret-paper-key is not welcome");
          const receipt = await channel.send(...args);
          return { ...receipt, url: "https://paper.example/?key=secret-paper-key" };
        },
        async find(...args) {
          const found = await channel.find(...args);
          if (step === 1 && !found) throw new Error("no secret-paper-key here");
          return found && { ...found, url: "https://paper.example/?key=secret-paper-key" };
        },
      };
    };
    const first = await bench.call("publish", POST);
    step = 2;
    bench.now += 10 * MINUTE;
    const second = await bench.call("publish", { action: "status" });
    const third = await bench.call("publish", POST);
    const stored = await bench.look(async (tx) => [await tx.outbox.list({}), await tx.ledger.list({ limit: 1000 })]);
    expect(JSON.stringify([first, second, third, stored])).not.toContain("secret-paper-key");
  });
});

test("hostile words in an asset and its file names are shown as what they are", async () => {
  await project(post());
  writeFileSync(join(directory, "a.md"), "\u001b[2Jclean \u202Egnp.exe\u2066");
  const asset = { action: "add", id: "a", type: "post", name: "A", path: "a.md", status: "done" };
  await bench.call("asset_manifest", asset, "content-ops");
  const text = await bench.text("publish", { action: "preview", platform: "paper", asset_id: "a" });
  expect(text).toContain("⟨U+001B⟩[2Jclean ⟨U+202E⟩gnp.exe⟨U+2066⟩");
  for (const hidden of "\u001b\u202e") expect(text).not.toContain(hidden);
});
