import { expect, test } from "bun:test";
import { isEnded, jobMarker } from "../../lib/jobs.ts";
import { handClock } from "../../testing/hand-clock.ts";
import { makeRandom } from "../../testing/histories/random.ts";
import { MemoryProject } from "../../testing/memory-state.ts";
import { openMemoryStore } from "../../testing/memory-store.ts";
import { sessionWorld, type Behaviour, type SessionWorld } from "../../testing/session-world.ts";
import type { Clock } from "./clock.ts";
import { createBackgroundJobs, type BackgroundJobs } from "./jobs.ts";

const SEED = Number(process.env["OHMYMKT_SEED"] ?? 20261120);
const ROUNDS = process.env["OHMYMKT_FULL"] === "1" ? 2000 : 100;
const PARALLEL = 2;
const HOUR = 3_600_000;

/** A process that dies at its nth call, before the call or after it: from then on nothing that it began ever answers. */
class Process {
  dead = false;
  #left: number;
  readonly #before: boolean;

  constructor(calls: number, before: boolean) {
    this.#left = calls;
    this.#before = before;
  }

  mortal<T extends object>(target: T, names: readonly string[]): T {
    return new Proxy(target, {
      get: (inner, name): unknown => {
        const member: unknown = Reflect.get(inner, name);
        if (typeof member !== "function") return member;
        if (!names.includes(String(name))) return member.bind(inner);
        return (...args: unknown[]) => this.#call(() => Reflect.apply(member, inner, args));
      },
    });
  }

  clock(real: Clock): Clock {
    return {
      now: real.now,
      wait: (ms, signal) => (this.dead ? never() : real.wait(ms, signal).then(() => (this.dead ? never() : undefined))),
    };
  }

  async #call(act: () => unknown): Promise<unknown> {
    if (this.dead) return never();
    this.#left -= 1;
    const last = this.#left === 0;
    if (last && this.#before) this.dead = true;
    if (this.dead) return never();
    const answer: unknown = await act();
    if (last) this.dead = true;
    return this.dead ? never() : answer;
  }
}

/** A cancelled or a crowded-out call is refused; what counts is what the rows and the session say in the end. */
const refused = (): undefined => undefined;
const never = (): Promise<never> => new Promise(() => undefined);
const SESSION_CALLS = ["start", "outcome", "exists", "status", "abort", "lineage", "tell", "told"];

test(`${ROUNDS} histories with crashes anywhere: every job ends once, is told exactly once, and never starts twice (seed ${SEED})`, async () => {
  const seen = { jobs: 0, crashes: 0, lost: 0, completed: 0 };
  for (let round = 0; round < ROUNDS; round += 1) {
    const random = makeRandom(SEED, round);
    const clock = handClock();
    const project = new MemoryProject();
    const world: SessionWorld = sessionWorld(clock);
    const root = world.root();
    let boots = 0;
    let host = new Process(Number.POSITIVE_INFINITY, false);
    const boot = (lifetime: number): BackgroundJobs => {
      host.dead = true;
      const mine = (host = new Process(lifetime, random.chance(0.5)));
      // A crash must not leave the project's queue waiting for a transaction that never ends.
      project.queue = Promise.resolve();
      const store = mine.mortal(openMemoryStore(project, { now: () => new Date(clock.now()) }), ["transaction"]);
      const jobs = createBackgroundJobs({
        store: async () => store,
        runner: mine.mortal(world, SESSION_CALLS),
        clock: mine.clock(clock),
        owner: { pid: 1, boot: `boot-${(boots += 1)}` },
        isAlive: () => false,
        limits: async () => ({ parallel: PARALLEL, waiting: 20, minutes: 1 }),
        log: () => undefined,
      });
      world.onIdle = () => {
        if (!mine.dead) jobs.sessionIdle();
      };
      return jobs;
    };
    const ask = async (call: Promise<unknown>): Promise<void> => {
      // A call into a process that died is never answered.
      await Promise.race([call.catch(refused), clock.wait(20)]);
    };
    let jobs = boot(1 + random.below(60));
    const crashes = 1 + random.below(3);
    for (let life = 0; life <= crashes; life += 1) {
      for (let act = 0; act < 4; act += 1) {
        const kind = random.weighted({ start: 5, pass: 4, cancel: 1, collect: 1, turn: 1 });
        const known = [...project.state.jobs.keys()];
        if (kind === "start") {
          const behaviour: Behaviour =
            random.weighted({ quick: 4, slow: 2, fails: 1, hangs: 1 }) === "quick"
              ? { ms: random.below(80), text: "r" }
              : random.chance(0.5)
                ? { ms: 300, text: "r" }
                : random.chance(0.5)
                  ? { ms: 20, error: "400" }
                  : {};
          void ask(
            jobs.start({
              session: root.id,
              caller: "lead",
              agent: "helper",
              title: `${life}.${act}`,
              prompt: JSON.stringify(behaviour),
            }),
          );
        }
        if (kind === "turn") world.turn(root.id, random.below(500));
        if (kind === "cancel" && known[0])
          void ask(jobs.cancel(known[random.below(known.length)] ?? known[0], "no need"));
        if (kind === "collect" && known[0]) {
          const id = known[random.below(known.length)] ?? known[0];
          const mine = host;
          void ask(
            (async () => {
              const read = await jobs.read(await jobs.get(id), root.id);
              if (isEnded(read) && !mine.dead && root.busy) root.heard.push(jobMarker(read));
            })(),
          );
        }
        await clock.advance(random.below(200));
      }
      if (life === crashes) break;
      host.dead = true;
      jobs.stop();
      world.crash();
      seen.crashes += 1;
      await clock.advance(10);
      jobs = boot(life === crashes - 1 ? Number.POSITIVE_INFINITY : 1 + random.below(60));
      void jobs.ready();
      await clock.advance(random.below(400));
    }
    await clock.advance(200_000);
    const rows = [...project.state.jobs.values()];
    for (const job of rows) {
      const where = `seed ${SEED}, round ${round}, ${job.id} ${job.title}`;
      const times = root.heard.join("\n").split(jobMarker(job)).length - 1;
      const ends = project.state.ledger.filter((row) => row.subject === job.id && row.kind !== "job.running");
      const starts = world.prompted.filter((title) => title === job.title).length;
      const collected = root.heard.filter((text) => text === jobMarker(job)).length;
      expect([where, isEnded(job), ends.length, starts <= 1, job.notified_at !== undefined]).toEqual([
        where,
        true,
        1,
        true,
        true,
      ]);
      expect([where, times - collected <= 1, times >= 1]).toEqual([where, true, true]);
      seen.jobs += 1;
      if (job.state === "lost") seen.lost += 1;
      if (job.state === "completed") seen.completed += 1;
    }
    expect(world.peak()).toBeLessThanOrEqual(PARALLEL);
    expect(clock.now()).toBeLessThan(Date.parse("2026-12-01T09:00:00.000Z") + HOUR);
  }
  // The histories are worth something only when they reach every kind of end.
  expect(seen.crashes).toBeGreaterThan(ROUNDS);
  expect(Math.min(seen.lost, seen.completed)).toBeGreaterThan(ROUNDS / 10);
}, 120_000);
