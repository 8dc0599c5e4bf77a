import { afterEach, beforeEach, expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { mediaBench, type MediaBench } from "../../testing/media-bench.ts";
import { makeWorkspace, type Workspace } from "../../testing/temp-workspace.ts";
import type { AskingContext } from "./resume-video.ts";
import type { Rounds } from "../rounds.ts";
import { createVideoRounds } from "./video-rounds.ts";

const MINUTE = 60_000;

let workspace: Workspace;
let bench: MediaBench;
let rounds: Rounds;
let told: string[];
let logged: string[];
let timers: number;
let tick: () => Promise<void>;

/** A video that was started, and whose caller is gone; the rounds of another process. */
beforeEach(async () => {
  workspace = makeWorkspace();
  bench = await mediaBench({ directory: workspace.directory, category: "video" });
  bench.state.working = 100;
  await bench.call("generate_video", { type: "ai", prompt: "A desk turns" });
  [told, logged, timers] = [[], [], 0];
  let work = (): void => undefined;
  const context: AskingContext = {
    store: bench.store,
    world: bench.world,
    signal: new AbortController().signal,
    actor: { host: "opencode" },
    newId: (prefix) => `${prefix}-1`,
    transact: (given) => bench.look(given),
  };
  rounds = createVideoRounds({
    context: async () => context,
    tell: (message) => void told.push(message),
    log: (message) => void logged.push(message),
    every(_ms, given) {
      timers += 1;
      work = given;
      return () => void (timers -= 1);
    },
  });
  tick = async () => {
    work();
    for (let calls = -1; calls !== bench.net.calls.length;) {
      calls = bench.net.calls.length;
      await Bun.sleep(60);
    }
  };
});
afterEach(async () => {
  await rounds.stop();
  await bench.close();
  workspace.dispose();
});

const later = (ms: number): void => void (bench.now += ms);
const questions = (): number => bench.net.calls.length;

test("a video whose caller is gone is fetched, recorded and told once, and paid once", async () => {
  rounds.begin();
  await tick();
  const before = questions();
  later(MINUTE);
  await tick();
  expect([questions() - before, told]).toEqual([1, []]);
  bench.state.working = 0;
  later(MINUTE);
  await tick();
  const [row] = await bench.rows();
  expect([row?.state, bench.paid(), logged]).toEqual(["done", 1, []]);
  expect(told).toEqual([`the video ${row?.id} is there: ${row?.file?.path}`]);
  expect(readFileSync(join(workspace.directory, ".ohmymkt/research/asset-manifest.json"), "utf8")).toContain(
    row?.id ?? "?",
  );
  later(60 * MINUTE);
  await tick();
  expect(told).toHaveLength(1);
});

test("while the call that started it waits itself, nobody else asks", async () => {
  const before = questions();
  rounds.begin();
  await tick();
  expect(questions()).toBe(before);
});

test("what goes on as before is asked for less and less, but often enough for a service that keeps files for an hour", async () => {
  rounds.begin();
  const before = questions();
  for (let minute = 0; minute < 120; minute += 4) {
    later(4 * MINUTE);
    await tick();
  }
  expect(questions() - before).toBeLessThan(15);
  expect(questions() - before).toBeGreaterThan(6);
});

test("work that the service gave up is told once; a question that fails is logged once and asked again", async () => {
  rounds.begin();
  bench.state.later.push(
    () => bench.wire.unauthorised("revoked"),
    () => bench.wire.unauthorised("revoked"),
  );
  for (const pause of [MINUTE, MINUTE]) {
    later(pause);
    await tick();
  }
  expect(logged).toHaveLength(1);
  expect(logged[0]).toContain("was started, and nothing of it is lost");
  bench.state.later.push(() => Response.json({ name: "x", done: true, error: { message: "no capacity" } }));
  later(3 * MINUTE);
  await tick();
  expect(told).toEqual([expect.stringContaining("no capacity; USD 1.2 counts as spent")]);
});

test("one timer; after the end nothing is asked", async () => {
  rounds.begin();
  rounds.begin();
  expect(timers).toBe(1);
  await rounds.stop();
  const before = questions();
  later(MINUTE);
  rounds.begin();
  await tick();
  expect([timers, questions() - before]).toEqual([0, 0]);
});
