import { afterEach, describe, expect, test } from "bun:test";
import { ProviderFailure } from "../../providers/failure.ts";
import { assertPublishable, markApproved, publishSubject } from "./approve.ts";
import { stillAsSeen } from "./as-seen.ts";
import { cancelDeliveries } from "./cancel.ts";
import { drain } from "./drain.ts";
import { holdUnsent } from "./hold.ts";
import { sendItem } from "./send.ts";
import { paperPlatform, type Paper } from "./testing/paper.ts";
import { before, dying, gate, MINUTE, paperProject, type PaperProject } from "./testing/paper-project.ts";

let project: PaperProject;
afterEach(() => project.dispose());

const HOUR = 60 * MINUTE;

/** A post that the platform keeps until in an hour. */
async function kept(over: Parameters<typeof paperPlatform>[0] = {}): Promise<{ paper: Paper; id: string; at: string }> {
  const paper = paperPlatform({ schedules: true, keyed: false, ...over });
  project = await paperProject(paper);
  const at = new Date(project.now + HOUR).toISOString();
  const { id } = await project.approved({ at });
  expect((await sendItem(project.desk(), id)).item.state).toBe("scheduled");
  return { paper, id, at };
}

const show = (paper: Paper): void => [...paper.posts.values()].forEach((post) => delete post.scheduled_for);
const hold = (id: string): Promise<unknown> =>
  project.look((tx) => tx.outbox.transition(id, "held", {}, { reason: "a P0" }));

describe("what a platform keeps for its time", () => {
  test("is not called sent while it only waits there, also when the answer was lost", async () => {
    const paper = paperPlatform({ schedules: true });
    project = await paperProject(paper);
    const at = new Date(project.now + HOUR).toISOString();
    const { id } = await project.approved({ at });
    paper.faults.push({ kind: "uncertain", done: true });
    await sendItem(project.desk(), id);
    expect(await project.row(id)).toMatchObject({ state: "scheduled", receipt: { scheduled_for: at } });
  });

  test("is not called sent when the platform is late", async () => {
    const { paper, id } = await kept();
    project.now += 2 * HOUR;
    await drain(project.desk());
    expect((await project.row(id)).state).toBe("scheduled");
    show(paper);
    await drain(project.desk());
    expect(await project.row(id)).toMatchObject({ state: "sent" });
    expect((await project.row(id)).receipt).not.toHaveProperty("scheduled_for");
    expect(paper.sends).toHaveLength(1);
  });

  test("counts as sent by the platform's word where nobody can look", async () => {
    const { id } = await kept({ readBack: { possible: false, settleMs: 0 } });
    project.now += 30 * MINUTE;
    await drain(project.desk());
    expect((await project.row(id)).state).toBe("scheduled");
    project.now += 31 * MINUTE;
    await drain(project.desk());
    expect((await project.row(id)).state).toBe("sent");
  });

  test("that somebody deleted there is held for a person, and never sent again by itself", async () => {
    const { paper, id } = await kept();
    paper.posts.clear();
    project.now += HOUR + MINUTE;
    expect((await drain(project.desk()))[0]?.why).toContain("it is not there");
    expect((await project.row(id)).state).toBe("scheduled");
    project.now += HOUR;
    for (let round = 0; round < 4; round += 1) await drain(project.desk());
    expect((await project.row(id)).state).toBe("held");
    expect(paper.sends).toHaveLength(1);
  });

  test("is held and taken from there when publishing is no longer allowed, before its time", async () => {
    const { paper, id } = await kept();
    const [draft] = await project.compose({ class: "content", content: "no campaign runs", at: later(HOUR) });
    if (!draft) throw new Error("nothing composed");
    await project.look(async (tx) => {
      await markApproved(tx, [draft], "apr-x");
      await tx.outbox.transition(draft.id, "sending", { owner: { pid: 1, boot: "boot-1" } });
      const receipt = { remote_id: `${draft.key}-9`, scheduled_for: later(HOUR) };
      await tx.outbox.transition(draft.id, "scheduled", { receipt });
    });
    paper.posts.set(`${draft.key}-9`, { text: "no campaign runs", scheduled_for: later(HOUR) });
    await drain(project.desk());
    // The next attempt knows of it: a platform may answer the old key with what was taken back.
    expect(await project.row(draft.id)).toMatchObject({ state: "held", progress: { recalled_at: project.now } });
    expect(paper.posts.size).toBe(1);
    expect((await project.row(id)).state).toBe("scheduled");
  });

  test("and had shown already when it was held, is sent, not deleted without an approval", async () => {
    const { paper, id } = await kept();
    show(paper);
    await hold(id);
    const [told] = await drain(project.desk());
    expect(await project.row(id)).toMatchObject({ state: "sent", receipt: { remote_hash: expect.any(String) } });
    expect(told?.why).toContain(`{action: "retract", id: "${id}"}`);
    expect(paper.posts.size).toBe(1);
  });

  test("and had shown already when it was cancelled, is sent, and says so", async () => {
    const { paper, id } = await kept();
    show(paper);
    const [told] = await cancelDeliveries(project.desk(), id);
    expect(told).toMatchObject({ item: { state: "sent" }, why: expect.stringContaining("before it could be taken") });
    expect(paper.posts.size).toBe(1);
  });

  test("cannot be approved anew before it was taken from there: it would appear twice", async () => {
    const { paper, id } = await kept();
    await hold(id);
    paper.blind = new ProviderFailure("unavailable", "paper is down");
    await drain(project.desk());
    const item = await project.row(id);
    const refused = await project.look((tx) => assertPublishable(tx, [item])).catch((error: unknown) => error);
    expect(refused).toMatchObject({ code: "stale" });
    paper.blind = undefined;
    await drain(project.desk());
    expect(paper.posts.size).toBe(0);
    await project.look(async (tx) => assertPublishable(tx, [await tx.outbox.get(id).then((one) => one ?? item)]));
  });

  test("cannot be composed anew while a cancelled one still waits there", async () => {
    const { paper, id, at } = await kept();
    paper.blind = new ProviderFailure("unavailable", "paper is down");
    await cancelDeliveries(project.desk(), id);
    expect(await project.compose({ at }).catch((error: unknown) => error)).toMatchObject({ code: "stale" });
    paper.blind = undefined;
    await drain(project.desk());
    const [again] = await project.compose({ at });
    expect(again?.id).not.toBe(id);
  });

  test("is not called taken from there while it is still there", async () => {
    const { paper, id } = await kept();
    const { open } = paper.adapter;
    paper.adapter.open = (access) => ({ ...open(access), retract: async () => undefined });
    await hold(id);
    expect((await drain(project.desk())).at(-1)?.why).toContain("still holds it");
    expect(await project.row(id)).toMatchObject({ state: "held", receipt: { scheduled_for: expect.any(String) } });
    paper.adapter.open = open;
    await drain(project.desk());
    expect((await project.row(id)).receipt).toBeUndefined();
  });

  test("is taken from there, even where a thousand others were cancelled before", async () => {
    const { paper, id } = await kept();
    for (let other = 0; other < 120; other += 1) {
      const [draft] = await project.compose({ content: `Other ${other}` });
      await project.look((tx) => tx.outbox.transition(draft?.id ?? "", "cancelled"));
    }
    await project.look((tx) => tx.outbox.transition(id, "cancelled"));
    await drain(project.desk());
    expect(paper.posts.size).toBe(0);
  });

  test("is taken from there before anything else is looked at: a round may end early, and a P0 is in a hurry", async () => {
    const { paper, id } = await kept();
    const other = await project.approved({ content: "Another" });
    await project.look(async (tx) => {
      await tx.outbox.transition(other.id, "sending", { owner: { pid: 1, boot: "boot-1" } });
      await tx.outbox.transition(other.id, "unknown");
    });
    await hold(id);
    before(paper, "find", async () => void (project.now += MINUTE));
    await drain(project.desk(), { until: project.now + MINUTE / 2 });
    expect(paper.posts.size).toBe(0);
    expect((await project.row(other.id)).state).toBe("unknown");
  });

  test("is recalled once, whichever process ends in between", async () => {
    for (let last = 0; last < 8; last += 1) {
      const { paper, id } = await kept();
      await hold(id);
      await drain(project.desk(7, { store: dying(project.store, last) })).catch(() => undefined);
      await drain(project.desk(8));
      expect([last, paper.posts.size, (await project.row(id)).state]).toEqual([last, 0, "held"]);
      await project.dispose();
    }
    await kept();
  });

  test("keeps the receipt of what was sent anew while a slow recall came to its end", async () => {
    const { paper, id } = await kept();
    await hold(id);
    const slow = paperPlatform({ schedules: true, keyed: false });
    slow.posts = paper.posts;
    const recalling = gate();
    before(slow, "retract", recalling.pass);
    const late = drain(project.desk(2, { adapters: { paper: async () => slow.adapter } }));
    await recalling.reached;
    await drain(project.desk(3));
    const item = await project.row(id);
    await project.look((tx) => markApproved(tx, [item], "apr-new"));
    project.now += 2 * HOUR;
    await drain(project.desk(3));
    const sent = await project.row(id);
    recalling.open();
    await late;
    expect((await project.row(id)).receipt).toEqual(sent.receipt);
  });
});

const later = (ms: number): string => new Date(project.now + ms).toISOString();

describe("what the outbox keeps for its time", () => {
  test("and that nothing sent for a day is held: what it says may be past", async () => {
    const paper = paperPlatform();
    project = await paperProject(paper);
    const { id } = await project.approved({ at: later(HOUR) });
    project.now += 26 * HOUR;
    expect((await drain(project.desk()))[0]?.why).toContain("nothing ran then");
    expect(paper.sends).toEqual([]);
    const held = await project.row(id);
    expect(held.state).toBe("held");
    await project.look((tx) => markApproved(tx, [held], "apr-new"));
    await drain(project.desk());
    expect(paper.sends).toHaveLength(1);
  });

  test("goes to a platform that holds for a while only as soon as it takes it, at the first attempt", async () => {
    const paper = paperPlatform({ schedules: true, holdsForMs: 30 * 24 * HOUR });
    project = await paperProject(paper);
    const at = later(60 * 24 * HOUR);
    const { id } = await project.approved({ at });
    for (let day = 0; day < 31; day += 1) {
      await drain(project.desk());
      expect(paper.sends).toHaveLength(day < 30 ? 0 : 1);
      project.now += 24 * HOUR;
    }
    expect(await project.row(id)).toMatchObject({ state: "scheduled", attempts: 1, receipt: { scheduled_for: at } });
  });

  test("is not late while the platform has days left to show it", async () => {
    const paper = paperPlatform({ schedules: true, holdsForMs: 30 * 24 * HOUR });
    project = await paperProject(paper);
    const { id } = await project.approved({ at: later(60 * 24 * HOUR) });
    project.now += 40 * 24 * HOUR;
    await drain(project.desk());
    expect(await project.row(id)).toMatchObject({ state: "scheduled", attempts: 1 });
  });

  test.each<[string, boolean]>([
    ["approved for at once", false],
    ["to be tried again", true],
  ])("and that was %s is held as well after a day in which nothing ran", async (_name, tried) => {
    const paper = paperPlatform();
    project = await paperProject(paper);
    const { id } = await project.approved();
    paper.faults.push({ kind: "unavailable", done: false });
    if (tried) await sendItem(project.desk(), id);
    project.now += 26 * HOUR;
    expect((await drain(project.desk()))[0]?.why).toContain("approve it anew");
    expect((await project.row(id)).state).toBe("held");
    expect(paper.sends).toEqual([]);
  });

  test("goes out a little late", async () => {
    const paper = paperPlatform();
    project = await paperProject(paper);
    const { id } = await project.approved({ at: later(HOUR) });
    project.now += 10 * HOUR;
    await drain(project.desk());
    expect((await project.row(id)).state).toBe("sent");
  });

  test("waits longer when the clock is set back, and is never sent early", async () => {
    const paper = paperPlatform();
    project = await paperProject(paper);
    await project.approved({ at: later(HOUR) });
    project.now -= 5 * HOUR;
    await drain(project.desk());
    project.now += 5 * HOUR;
    await drain(project.desk());
    expect(paper.sends).toEqual([]);
  });
});

test("a yes from before a hold is no yes to what is held", async () => {
  project = await paperProject(paperPlatform());
  const [draft] = await project.compose({ class: "content" });
  if (!draft) throw new Error("nothing composed");
  const first = publishSubject([draft]);
  await project.look(async (tx) => {
    await markApproved(tx, [draft], "apr-a");
    await holdUnsent(tx, "P0");
  });
  expect(publishSubject([await project.row(draft.id)])).not.toEqual(first);
});

test("a yes to what was held is none to what was approved and held again meanwhile", async () => {
  project = await paperProject(paperPlatform());
  const { id } = await project.approved({ content: "The price is 9", class: "content" });
  await hold(id);
  const asked = await project.row(id);
  project.now += MINUTE;
  await project.look(async (tx) => {
    await markApproved(tx, [asked], "apr-b");
    await holdUnsent(tx, "another P0");
  });
  expect(await project.look((tx) => stillAsSeen(tx, [asked]))).toEqual([]);
});
