import { afterEach, describe, expect, test } from "bun:test";
import { ProviderFailure } from "../../providers/failure.ts";
import { drain } from "./drain.ts";
import { resolvable, recordFinding } from "./resolve.ts";
import { beginRetract, finishRetract } from "./retract.ts";
import { transact, type PublishDesk, type Sending } from "./desk.ts";
import { sendAll } from "./send-all.ts";
import { sendItem } from "./send.ts";
import { paperPlatform, type Fault, type Paper } from "./testing/paper.ts";
import { before, dying, gate, MINUTE, paperProject, type PaperProject } from "./testing/paper-project.ts";

let project: PaperProject;
afterEach(() => project.dispose());

/** A platform without keys, that shows a post only when asked late enough. */
const forgetful = (): Paper => paperPlatform({ keyed: false, readBack: { possible: true, settleMs: 2 * MINUTE } });

async function takeBack(desk: PublishDesk, id: string): Promise<Sending> {
  const row = await project.row(id);
  const [item] = await transact(desk, (tx) => beginRetract(tx, desk, [row], "apr-x"));
  if (!item) throw new Error("nothing begun");
  return finishRetract(desk, item);
}

async function set(paper: Paper): Promise<Paper> {
  project = await paperProject(paper);
  return paper;
}

describe("a process that is killed", () => {
  const faults: [string, Fault | undefined][] = [
    ["nothing else goes wrong", undefined],
    ["the request is lost", { kind: "uncertain", done: false }],
    ["the answer is lost", { kind: "uncertain", done: true }],
    ["the platform is busy", { kind: "unavailable", done: false }],
    ["it dies while it sends, before", { crash: "before" }],
    ["it dies while it sends, after", { crash: "after" }],
  ];
  test.each(faults)("anywhere while it sends leaves one post and one receipt: %s", async (_name, fault) => {
    for (let last = 0; last < 12; last += 1) {
      const paper = await set(forgetful());
      const { id } = await project.approved();
      if (fault) paper.faults.push(fault);
      await sendItem(project.desk(7, { store: dying(project.store, last) }), id).catch(() => undefined);
      for (let round = 0; round < 6; round += 1) {
        project.now += 3 * MINUTE;
        await drain(project.desk(8));
      }
      expect({ last, posts: paper.posts.size, sends: paper.sends.length }).toEqual({ last, posts: 1, sends: 1 });
      expect(await project.row(id)).toMatchObject({ state: "sent", receipt: { remote_hash: expect.any(String) } });
      await project.dispose();
    }
    await set(paperPlatform());
  });

  test("anywhere while it takes back what a person let it take back leaves that to the next one", async () => {
    for (let last = 0; last < 8; last += 1) {
      const paper = await set(paperPlatform());
      const { id } = await project.approved();
      await sendItem(project.desk(), id);
      await takeBack(project.desk(7, { store: dying(project.store, last) }), id).catch(() => undefined);
      await drain(project.desk(8));
      const { state } = await project.row(id);
      expect([last, paper.posts.size, state]).toEqual(last === 0 ? [0, 1, "sent"] : [last, 0, "retracted"]);
      await project.dispose();
    }
    await set(paperPlatform());
  });

  test("and whose number another process has got by now is not waited for for ever", async () => {
    const paper = await set(forgetful());
    const { id } = await project.approved();
    paper.faults.push({ crash: "after" });
    await sendItem(project.desk(7, { store: dying(project.store, 4) }), id).catch(() => undefined);
    project.alive.add(7);
    await drain(project.desk(8));
    expect((await project.row(id)).state).toBe("sending");
    project.now += 30 * MINUTE;
    await drain(project.desk(8));
    expect(await project.row(id)).toMatchObject({ state: "sent" });
    expect(paper.sends).toHaveLength(1);
  });
});

describe("two processes at once", () => {
  test("send a row once", async () => {
    const paper = await set(forgetful());
    const rows = [];
    for (let post = 0; post < 5; post += 1) rows.push(await project.approved({ content: `Post ${post}` }));
    project.alive.add(2).add(3);
    await Promise.all([drain(project.desk(2)), drain(project.desk(3)), drain(project.desk(2))]);
    expect(paper.sends.toSorted()).toEqual(rows.map(({ key }) => key).toSorted());
  });

  test("of which a round was faster than the call: the call tells what came of it", async () => {
    const paper = await set(paperPlatform());
    const row = await project.approved();
    const sending = gate();
    before(paper, "send", sending.pass);
    const round = drain(project.desk(1));
    await sending.reached;
    const slept = async (): Promise<void> => sending.open();
    const [told] = await sendAll(project.desk(1, { world: { sleep: slept } }), [row]);
    expect(told).toMatchObject({ item: { state: "sent" } });
    await round;
    expect(paper.sends).toHaveLength(1);
  });

  test("a look that began before the other sent again does not set the row free a second time", async () => {
    const paper = await set(forgetful());
    const { id } = await project.approved();
    paper.faults.push({ kind: "uncertain", done: false });
    await sendItem(project.desk(2), id);
    expect((await project.row(id)).state).toBe("unknown");
    project.now += 10 * MINUTE;
    const slow = gate();
    const looks = forgetful();
    looks.posts = paper.posts;
    before(looks, "find", slow.pass);
    const late = drain(project.desk(2, { adapters: { paper: async () => looks.adapter } }));
    await slow.reached;
    const sending = gate();
    before(paper, "send", sending.pass);
    const sent = drain(project.desk(3));
    await sending.reached;
    slow.open();
    await late;
    expect((await project.row(id)).state).toBe("sending");
    await drain(project.desk(4));
    sending.open();
    await sent;
    expect(paper.sends).toHaveLength(1);
    expect((await project.row(id)).state).toBe("sent");
  });

  test("a sender that slept while another took its row over changes nothing of what that one does", async () => {
    const paper = await set(forgetful());
    const { id } = await project.approved();
    project.alive.add(2).add(3);
    const asleep = gate();
    const slow = forgetful();
    before(slow, "send", async () => {
      await asleep.pass();
      throw new ProviderFailure("unreachable", "the network was away");
    });
    const first = sendItem(project.desk(2, { adapters: { paper: async () => slow.adapter } }), id);
    await asleep.reached;
    project.now += 60 * MINUTE;
    await drain(project.desk(3));
    expect((await project.row(id)).state).toBe("unknown");
    const sending = gate();
    before(paper, "send", sending.pass);
    project.now += 60 * MINUTE;
    const second = drain(project.desk(3));
    await sending.reached;
    asleep.open();
    await first.catch(() => undefined);
    expect(await project.row(id)).toMatchObject({ state: "sending", owner: { pid: 3 } });
    sending.open();
    await second;
    expect(await project.row(id)).toMatchObject({ state: "sent" });
    expect(paper.sends).toHaveLength(1);
  });

  test("a sender that slept sends nothing any more once its time is over", async () => {
    const paper = await set(paperPlatform());
    const { id } = await project.approved();
    let asked = 0;
    const fetched = async (): Promise<Response> => new Response(String((asked += 1)));
    const { open } = paper.adapter;
    paper.adapter.spec = { ...paper.adapter.spec, hosts: ["127.0.0.1:80"] };
    paper.adapter.open = (access) => ({
      ...open(access),
      async send(_delivery, { note }) {
        await access.network.fetch("https://127.0.0.1:80/upload");
        project.now += 60 * MINUTE;
        await access.network.fetch("https://127.0.0.1:80/post", { method: "POST" });
        await note({});
        throw new Error("it was sent late");
      },
      find: async () => undefined,
    });
    await sendItem(project.desk(1, { world: { fetch: fetched } }), id);
    expect(asked).toBe(1);
    expect((await project.row(id)).problem?.message).not.toContain("it was sent late");
  });

  test("a look at one row that fails does not keep the others from being looked at", async () => {
    const paper = await set(paperPlatform());
    const one = await project.approved({ content: "one" });
    const two = await project.approved({ content: "two" });
    for (const { id } of [one, two]) {
      paper.faults.push({ crash: "after" });
      await sendItem(project.desk(7, { store: dying(project.store, 4) }), id).catch(() => undefined);
    }
    const first = gate();
    before(paper, "find", first.pass);
    const slow = drain(project.desk(2));
    await first.reached;
    first.open();
    const [done] = await Promise.all([drain(project.desk(3)), slow]);
    expect(done.length).toBeGreaterThan(0);
    expect((await project.row(one.id)).state).toBe("sent");
    expect((await project.row(two.id)).state).toBe("sent");
  });
});

test("absence is believed only so long after the attempt's end, not after its beginning", async () => {
  const paper = await set(forgetful());
  const { id } = await project.approved();
  before(paper, "send", async () => void (project.now += 5 * MINUTE));
  paper.faults.push({ kind: "uncertain", done: false });
  await sendItem(project.desk(), id);
  expect((await project.row(id)).state).toBe("unknown");
});

test("absence is not believed when the look began too early, however long it took", async () => {
  const paper = await set(forgetful());
  const { id } = await project.approved();
  paper.faults.push({ kind: "uncertain", done: false });
  await sendItem(project.desk(), id);
  project.now += 1.9 * MINUTE;
  before(paper, "find", async () => void (project.now += MINUTE));
  await drain(project.desk());
  expect((await project.row(id)).state).toBe("unknown");
  await drain(project.desk());
  expect((await project.row(id)).state).not.toBe("unknown");
});

test.each(["held", "cancelled"] as const)(
  "an answer that comes after its row was given up and %s still counts",
  async (state) => {
    const paper = await set(forgetful());
    const { id } = await project.approved();
    project.alive.add(2);
    const asleep = gate();
    const slow = forgetful();
    slow.posts = paper.posts;
    before(slow, "send", asleep.pass);
    const first = sendItem(project.desk(2, { adapters: { paper: async () => slow.adapter } }), id);
    await asleep.reached;
    await project.look(async (tx) => {
      await tx.outbox.transition(id, "unknown", { owner: null });
      await tx.outbox.transition(id, "retryable");
      await tx.outbox.transition(id, state);
    });
    asleep.open();
    await first;
    expect(await project.row(id)).toMatchObject({ state: "sent", receipt: { remote_id: expect.any(String) } });
    expect(paper.posts.size).toBe(1);
  },
);

test("what a platform keeps for its time although its row was given up and held is taken from there", async () => {
  const paper = await set(paperPlatform({ schedules: true }));
  const { id } = await project.approved({ at: new Date(project.now + 60 * MINUTE).toISOString() });
  before(paper, "send", () =>
    project.look(async (tx) => {
      await tx.outbox.transition(id, "unknown", { owner: null });
      await tx.outbox.transition(id, "retryable");
      await tx.outbox.transition(id, "held");
    }),
  );
  await sendItem(project.desk(), id);
  expect(await project.row(id)).toMatchObject({ state: "held", receipt: { scheduled_for: expect.any(String) } });
  await drain(project.desk());
  expect(paper.posts.size).toBe(0);
  expect(await project.row(id)).not.toHaveProperty("receipt");
});

test("an unknown delivery of another account is not looked for in the account that is set now", async () => {
  const paper = await set(forgetful());
  paper.adapter.account = ({ options }) => (options as { name: string }).name;
  const { id } = await project.approved();
  paper.faults.push({ kind: "uncertain", done: true });
  paper.blind = new ProviderFailure("unavailable", "paper is down");
  await sendItem(project.desk(), id);
  paper.blind = undefined;
  await project.configure({ name: "other" });
  paper.posts.clear();
  project.now += 10 * MINUTE;
  const [{ why } = {}] = await drain(project.desk());
  expect((await project.row(id)).state).toBe("unknown");
  expect(why).toContain("demo");
});

test("what was sent from another account is not called taken back", async () => {
  const paper = await set(paperPlatform());
  paper.adapter.account = ({ options }) => (options as { name: string }).name;
  const { id } = await project.approved();
  await sendItem(project.desk(), id);
  await project.configure({ name: "other" });
  const elsewhere = new Map(paper.posts);
  paper.posts.clear();
  expect(await takeBack(project.desk(), id)).toMatchObject({ item: { state: "retract_failed" } });
  expect(elsewhere.size).toBe(1);
});

describe("what arrived by a person's word", () => {
  async function arrived(paper: Paper): Promise<string> {
    const { id } = await project.approved();
    paper.faults.push({ kind: "uncertain", done: true });
    paper.blind = new ProviderFailure("uncertain", "look for it there and say what you see");
    await sendItem(project.desk(), id);
    await transact(project.desk(), async (tx) => recordFinding(tx, project.desk(), await resolvable(tx, id, true)));
    expect(await project.row(id)).toMatchObject({ state: "sent" });
    return id;
  }

  test("is looked for before it is taken back, and then is gone", async () => {
    const paper = await set(forgetful());
    const id = await arrived(paper);
    paper.blind = undefined;
    expect(await takeBack(project.desk(), id)).toMatchObject({ item: { state: "retracted" } });
    expect(paper.posts.size).toBe(0);
  });

  test("is not called taken back where it cannot be found", async () => {
    const paper = await set(forgetful());
    const id = await arrived(paper);
    paper.blind = undefined;
    for (const [key] of paper.posts) paper.late.add(key.split("-")[0] ?? "");
    const { item, why } = await takeBack(project.desk(), id);
    expect(item.state).toBe("retract_failed");
    expect(why).toContain("by hand");
    expect(paper.posts.size).toBe(1);
  });
});

test("of what is to be taken back, a row that changed meanwhile does not keep the others", async () => {
  const paper = await set(paperPlatform());
  const one = await project.approved({ content: "one" });
  const two = await project.approved({ content: "two" });
  await drain(project.desk());
  const seen = [await project.row(one.id), await project.row(two.id)];
  await takeBack(project.desk(), one.id);
  const begun = await transact(project.desk(), (tx) => beginRetract(tx, project.desk(), seen, "apr-y"));
  expect(begun.map(({ id }) => id)).toEqual([two.id]);
  expect(paper.posts.size).toBe(1);
});
