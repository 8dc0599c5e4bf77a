import { createBackgroundJobs, type BackgroundJobs } from "../features/background/jobs.ts";
import type { SessionStart } from "../features/background/session-runner.ts";
import type { SwarmReport } from "../features/host-swarm/report.ts";
import { createHostSwarm, type HostSwarm } from "../features/host-swarm/swarm.ts";
import type { NewTask, Task } from "../lib/tasks.ts";
import { openStore } from "../store/open.ts";
import type { Store, Transaction } from "../store/store.ts";
import { handClock, type HandClock } from "./hand-clock.ts";
import { sessionWorld, type SessionWorld, type WorldSession } from "./session-world.ts";
import { scriptAgents, type AgentBehaviour } from "./swarm-agents.ts";
import { makeWorkspace } from "./temp-workspace.ts";

export const OWNERS = ["seo-engineer", "content-ops", "growth-analyst"];
export const LEASE_MS = 30_000;

/** An answer that says so for each criterion. */
export function doneWith(criteria: readonly string[] = ["it works"], summary = "all good"): AgentBehaviour["answer"] {
  return { status: "done", summary, results: criteria.map((criterion) => ({ criterion, evidence: "report.md" })) };
}

export const QUICK: AgentBehaviour = { ms: 1000, answer: doneWith() };

/** A swarm with background jobs over the real store in a throw-away directory, with sessions by script and a clock that the test turns. */
export interface SwarmBench {
  directory: string;
  clock: HandClock;
  store: Store;
  world: SessionWorld;
  root: WorldSession;
  /** Of the present run of the host. */
  swarm: HostSwarm;
  jobs: BackgroundJobs;
  /** What was started, in order. */
  requests: SessionStart[];
  logged: string[];
  /** What the agents of tasks with these titles do, by attempt; the last one goes on for ever. */
  scripts: Record<string, AgentBehaviour[]>;
  /** Ends the run of the host without a trace and begins another; its sessions outlive it. */
  reboot(): void;
  transact<T>(work: (tx: Transaction) => Promise<T>): Promise<T>;
  /** Each with one criterion, "it works", unless it says something else. */
  add(...tasks: (Partial<NewTask> & { id: string })[]): Promise<Task[]>;
  get(id: string): Promise<Task>;
  start(more?: object): Promise<SwarmReport>;
  /** The newest session with this title. */
  sessionOf(title: string): WorldSession | undefined;
  dispose(): Promise<void>;
}

export function swarmBench(): SwarmBench {
  const { directory, dispose } = makeWorkspace();
  const { store, isBusy, at } = countedStore(directory);
  const clock = handClock(undefined, isBusy);
  at.now = () => clock.now();
  const world = sessionWorld(clock);
  const root = world.root();
  const logged: string[] = [];
  let boots = 0;
  const run = (): Pick<SwarmBench, "jobs" | "swarm"> => {
    const owner = { pid: 1, boot: `boot-${(boots += 1)}` };
    const log = (text: string): void => void logged.push(text);
    const shared = { store: async () => store, runner: world, clock, owner, log };
    const limits = async () => ({ parallel: 2, waiting: 3, minutes: 1 });
    const jobs = createBackgroundJobs({ ...shared, isAlive: () => false, limits });
    world.onIdle = jobs.sessionIdle;
    const settings = async () => ({
      maxConcurrency: 3,
      limits: { minutes: 10, tokens: 1000, toolCalls: 50 },
      leaseMs: LEASE_MS,
      retry: { maxAttempts: 4, backoff: { baseMs: 5000, maxMs: 20_000 } },
    });
    return {
      jobs,
      swarm: createHostSwarm({ ...shared, settings, schemaAnswers: true, ready: jobs.ready, tell: jobs.tell }),
    };
  };
  const transact = <T>(work: (tx: Transaction) => Promise<T>): Promise<T> =>
    store.transaction({ actor: { host: "library" }, tool: "test" }, work);
  const close = (): void => {
    bench.swarm.close();
    bench.jobs.stop();
  };
  const bench: SwarmBench = {
    directory,
    clock,
    store,
    world,
    root,
    ...run(),
    logged,
    scripts: {},
    requests: scriptAgents(world, ({ title }, nth) => {
      const given = bench.scripts[title] ?? [QUICK];
      return given[Math.min(nth, given.length) - 1] ?? QUICK;
    }),
    reboot() {
      close();
      Object.assign(bench, run());
    },
    transact,
    add: (...tasks) => transact((tx) => tx.tasks.create(tasks.map(whole))),
    async get(id) {
      const task = await transact((tx) => tx.tasks.get(id));
      if (!task) throw new Error(`there is no task ${id}`);
      return task;
    },
    start: (more = {}) => bench.swarm.start({ session: root.id, caller: "lead", owners: OWNERS, ...more }),
    sessionOf: (title) => [...world.sessions.values()].findLast((one) => one.title === title),
    async dispose() {
      close();
      await clock.advance(0);
      await store.close();
      dispose();
    },
  };
  return bench;
}

function whole(task: Partial<NewTask> & { id: string }): NewTask {
  const { id } = task;
  return { title: id, objective: `do ${id}`, owner: "seo-engineer", acceptance_criteria: ["it works"], ...task };
}

/** A store that knows whether a transaction is under way; `at.now` is its time. */
function countedStore(directory: string): { store: Store; isBusy: () => boolean; at: { now: () => number } } {
  const at = { now: () => 0 };
  const real = openStore({ directory, sync: "off", now: () => new Date(at.now()) });
  let pending = 0;
  const store: Store = {
    exists: () => real.exists(),
    file: (path) => real.file(path),
    readText: (path) => real.readText(path),
    updateText: (path, change) => real.updateText(path, change),
    saveMedia: (...given) => real.saveMedia(...given),
    close: () => real.close(),
    async transaction(cause, work, options) {
      pending += 1;
      try {
        return await real.transaction(cause, work, options);
      } finally {
        pending -= 1;
      }
    },
  };
  return { store, isBusy: () => pending > 0, at };
}
