import { afterEach, expect, test } from "bun:test";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { ProviderFailure } from "../../providers/failure.ts";
import { openStore } from "../../store/open.ts";
import { makeWorkspace } from "../../testing/temp-workspace.ts";
import type { PublishDesk } from "./desk.ts";
import type { Rounds } from "../rounds.ts";
import { createOutboxRounds } from "./outbox-rounds.ts";
import { sendItem } from "./send.ts";
import { paperPlatform, type Paper } from "./testing/paper.ts";
import { before, gate, MINUTE, paperProject, type PaperProject } from "./testing/paper-project.ts";

let project: PaperProject;
afterEach(() => project.dispose());

interface Hand {
  rounds: Rounds;
  said: string[];
  /** Desks that were asked for: one a round. */
  desks: number;
  timers: number;
  /** What the timer would do; resolves when the round is over. */
  tick(): Promise<void>;
}

function byHand(desk: () => Promise<PublishDesk>): Hand {
  let work: (() => void) | undefined;
  const hand: Hand = {
    said: [],
    desks: 0,
    timers: 0,
    rounds: createOutboxRounds({
      log: (message) => void hand.said.push(message),
      async desk() {
        hand.desks += 1;
        return desk();
      },
      every(_ms, given) {
        hand.timers += 1;
        work = given;
        return () => {
          hand.timers -= 1;
          work = undefined;
        };
      },
    }),
    async tick() {
      work?.();
      await settled(hand);
    },
  };
  return hand;
}

/** Waits until nothing more happens. */
async function settled(hand: Hand): Promise<void> {
  for (let quiet = 0, last = -1; quiet < 3;) {
    await Bun.sleep(20);
    const now = hand.desks + hand.said.length;
    quiet = now === last ? quiet + 1 : 0;
    last = now;
  }
}

async function set(paper: Paper): Promise<Hand> {
  project = await paperProject(paper);
  return byHand(async () => project.desk());
}

test("one round at a time, however often it is hurried; one timer", async () => {
  const paper = paperPlatform();
  const hand = await set(paper);
  await project.approved();
  const slow = gate();
  before(paper, "send", slow.pass);
  hand.rounds.begin();
  await slow.reached;
  for (let hurry = 0; hurry < 10; hurry += 1) hand.rounds.begin();
  expect([hand.desks, hand.timers]).toEqual([1, 1]);
  slow.open();
  await settled(hand);
  expect(paper.sends).toHaveLength(1);
  await hand.rounds.stop();
});

test("what stays as it was is said once, and its platform asked less and less", async () => {
  const paper = paperPlatform();
  const hand = await set(paper);
  const { id } = await project.approved();
  paper.faults.push({ kind: "uncertain", done: true });
  paper.blind = new ProviderFailure("unavailable", "paper is down");
  await sendItem(project.desk(), id);
  let looks = 0;
  before(paper, "find", async () => void (looks += 1));
  hand.rounds.begin();
  await settled(hand);
  for (let round = 0; round < 60; round += 1) {
    project.now += MINUTE / 2;
    await hand.tick();
  }
  expect(hand.said).toEqual([`outbox: ${id} is unknown: not known yet whether it arrived: paper is down`]);
  expect(looks).toBeGreaterThan(3);
  expect(looks).toBeLessThan(10);
  paper.blind = undefined;
  project.now += 60 * MINUTE;
  await hand.tick();
  expect((await project.row(id)).state).toBe("sent");
  await hand.rounds.stop();
}, 60_000);

test("a store that fails is said once, and the rounds go on", async () => {
  const paper = paperPlatform();
  let broken = true;
  await set(paper);
  const hand = byHand(async () => {
    if (broken) throw new Error("the disk is full");
    return project.desk();
  });
  await project.approved();
  hand.rounds.begin();
  await settled(hand);
  for (let round = 0; round < 5; round += 1) await hand.tick();
  expect(hand.said).toEqual(["outbox: the disk is full"]);
  broken = false;
  await hand.tick();
  expect(paper.sends).toHaveLength(1);
  await hand.rounds.stop();
});

test("nothing happens in a project without state", async () => {
  await set(paperPlatform());
  const workspace = makeWorkspace();
  const store = openStore({ directory: workspace.directory });
  const hand = byHand(async () => project.desk(1, { store }));
  hand.rounds.begin();
  await settled(hand);
  expect(existsSync(join(workspace.directory, ".ohmymkt"))).toBe(false);
  await hand.rounds.stop();
  await store.close();
  workspace.dispose();
});

test("stopping waits for the running round; nothing begins again afterwards", async () => {
  const paper = paperPlatform();
  const hand = await set(paper);
  const { id } = await project.approved();
  const slow = gate();
  before(paper, "send", slow.pass);
  hand.rounds.begin();
  await slow.reached;
  let over = false;
  const stopped = hand.rounds.stop().then(() => void (over = true));
  await Bun.sleep(20);
  expect(over).toBe(false);
  slow.open();
  await stopped;
  expect((await project.row(id)).state).toBe("sent");
  hand.rounds.begin();
  await settled(hand);
  expect([hand.desks, hand.timers]).toEqual([1, 0]);
});

test("a round that is stopped in the middle leaves the others for later, and the one on its way known", async () => {
  const paper = paperPlatform();
  project = await paperProject(paper);
  const over = new AbortController();
  const hand = byHand(async () => project.desk(1, { signal: over.signal }));
  for (let post = 0; post < 4; post += 1) await project.approved({ content: `Post ${post}` });
  before(paper, "send", async () => over.abort());
  hand.rounds.begin();
  await hand.rounds.stop();
  const states = await project.look(async (tx) => (await tx.outbox.list({})).map(({ state }) => state));
  expect(states).toEqual(["sent", "approved", "approved", "approved"]);
});
