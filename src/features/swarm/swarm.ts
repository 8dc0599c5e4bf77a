import { OhmymktError } from "../../errors.ts";
import type { PoolTask } from "../../store/local/pool/pool-task.ts";
import type { PoolTaskStats } from "../../store/local/pool/pool-options.ts";
import type { TaskPool } from "../../store/task-pool.ts";
import type { SwarmAgent } from "./agent.ts";
import { type RunEnd, type RunLimits, runTask } from "./run-task.ts";
import { Wake } from "./wake.ts";

export interface SwarmOptions extends RunLimits {
  /** Tasks under way at a time; as many as there are agents by default. */
  maxConcurrency?: number | undefined;
  /** Milliseconds between looks at what other processes have put into the pool; 1 000 by default. Own changes are noticed at once. */
  pollInterval?: number | undefined;
  /** End when no task is ready, delayed or under way anywhere; tasks behind a failed one are left as they are. */
  stopWhenEmpty?: boolean | undefined;
  /** Called at the beginning and the end of each task. */
  onTask?: ((event: SwarmEvent) => void) | undefined;
}

export interface SwarmEvent {
  worker: string;
  task: PoolTask;
  /** Undefined at the beginning. */
  outcome?: RunEnd["outcome"] | undefined;
}

export interface SwarmWorker {
  name: string;
  /** The task that it works on. */
  taskId?: string | undefined;
  completed: number;
  failed: number;
}

/** What came of a run; counts are those of this swarm alone. */
export interface SwarmSummary {
  completed: number;
  failed: number;
  retried: number;
  returned: number;
  lost: number;
}

export interface SwarmStatus {
  running: boolean;
  workers: SwarmWorker[];
  stats: PoolTaskStats;
}

interface Member extends SwarmWorker {
  agent: SwarmAgent;
}

interface Run {
  options: SwarmOptions;
  wake: Wake;
  abort: AbortController;
  summary: SwarmSummary;
  underWay: Set<Promise<void>>;
  stopping: boolean;
  /** The first failure of the pool itself. */
  broken?: { error: unknown };
  ended: Promise<SwarmSummary>;
}

/** Agents that take tasks from one pool, each one task at a time. */
export class Swarm {
  readonly #pool: TaskPool;
  readonly #members: Member[] = [];
  #run: Run | undefined;

  constructor(pool: TaskPool) {
    this.#pool = pool;
  }

  /** Adds a worker; a second agent of one name gets a name of its own ("writer-2"), which is returned. Also while the swarm runs. */
  registerAgent(agent: SwarmAgent): string {
    if (typeof agent?.execute !== "function" || typeof agent.name !== "string" || agent.name.trim() === "") {
      throw new OhmymktError("invalid_arguments", "agent: expected an object with a name and a method execute", {
        hint: "register { name, execute }",
      });
    }
    const name = this.#freeName(agent.name);
    this.#members.push({ agent, name, completed: 0, failed: 0 });
    this.#run?.wake.now();
    return name;
  }

  /** The registered agents, in order. */
  get agents(): SwarmAgent[] {
    return this.#members.map(({ agent }) => agent);
  }

  /** Works until it is stopped, aborted or, with `stopWhenEmpty`, done. Rejects when it runs already, has no agent, or the pool itself fails. */
  async start(options: SwarmOptions = {}): Promise<SwarmSummary> {
    this.#check(options);
    const run: Run = {
      options,
      wake: new Wake(),
      abort: new AbortController(),
      summary: { completed: 0, failed: 0, retried: 0, returned: 0, lost: 0 },
      underWay: new Set(),
      stopping: false,
      ended: Promise.resolve({ completed: 0, failed: 0, retried: 0, returned: 0, lost: 0 }),
    };
    this.#run = run;
    run.ended = this.#work(run);
    return run.ended;
  }

  /** Takes no further tasks and waits for those under way; with `abort` these are told to stop and go back to the pool. */
  async stop({ abort = false }: { abort?: boolean } = {}): Promise<void> {
    const run = this.#run;
    if (run === undefined) return;
    run.stopping = true;
    if (abort) run.abort.abort();
    run.wake.now();
    await run.ended;
  }

  status(): SwarmStatus {
    const workers = this.#members.map(({ name, taskId, completed, failed }) => ({ name, taskId, completed, failed }));
    return { running: this.#run !== undefined, workers, stats: this.#pool.getStats() };
  }

  async #work(run: Run): Promise<SwarmSummary> {
    const { signal } = run.options;
    const onAbort = (): void => {
      run.stopping = true;
      run.abort.abort();
      run.wake.now();
    };
    signal?.addEventListener("abort", onAbort, { once: true });
    if (signal?.aborted === true) onAbort();
    const forget = this.#pool.onWork(() => run.wake.now());
    try {
      while (!run.stopping) {
        run.wake.reset();
        this.#handOut(run);
        if (run.options.stopWhenEmpty === true && this.#isEmpty(run)) break;
        await run.wake.wait(this.#pause(run));
      }
    } catch (error) {
      run.broken ??= { error };
    } finally {
      signal?.removeEventListener("abort", onAbort);
      forget();
    }
    if (run.broken !== undefined) run.abort.abort();
    await Promise.all(run.underWay);
    this.#run = undefined;
    if (run.broken !== undefined) throw run.broken.error;
    return run.summary;
  }

  /** Gives every free worker a task while there are any; one refusal per owner is enough to know that there is none. */
  #handOut(run: Run): void {
    const limit = run.options.maxConcurrency ?? this.#members.length;
    const without = new Set<string | undefined>();
    for (const member of this.#members.filter(({ taskId }) => taskId === undefined)) {
      if (run.underWay.size >= limit) return;
      const { owner } = member.agent;
      if (without.has(owner)) continue;
      const task = this.#pool.claimTask(member.name, { owner });
      if (task === null) without.add(owner);
      else this.#launch(run, member, task);
    }
  }

  #launch(run: Run, member: Member, task: PoolTask): void {
    member.taskId = task.id;
    run.options.onTask?.({ worker: member.name, task });
    const underWay = this.#finish(run, member, task)
      .catch((error: unknown) => {
        run.broken ??= { error };
        run.stopping = true;
      })
      .finally(() => {
        member.taskId = undefined;
        run.underWay.delete(underWay);
        run.wake.now();
      });
    run.underWay.add(underWay);
  }

  async #finish(run: Run, member: Member, task: PoolTask): Promise<void> {
    const { outcome } = await runTask(
      this.#pool,
      { agent: member.agent, worker: member.name, task },
      { ...run.options, signal: run.abort.signal },
    );
    run.summary[outcome] += 1;
    if (outcome === "completed") member.completed += 1;
    if (outcome === "failed") member.failed += 1;
    run.options.onTask?.({ worker: member.name, task, outcome });
  }

  /** Whoever works, here or in another process, may still produce tasks; a retry will come back. */
  #isEmpty(run: Run): boolean {
    if (run.underWay.size > 0) return false;
    const { claimed, inProgress, delayed, ready } = this.#pool.getStats();
    if (claimed + inProgress + delayed > 0) return false;
    // Something came meanwhile, or is for owners that no agent here works for.
    if (ready > 0) this.#handOut(run);
    return run.underWay.size === 0;
  }

  #pause({ options: { pollInterval = 1000 } }: Run): number {
    return Math.max(1, Math.min(pollInterval, this.#pool.msUntilDue() ?? pollInterval));
  }

  #freeName(name: string): string {
    const taken = new Set(this.#members.map((member) => member.name));
    for (let count = 2, free = name; ; count += 1) {
      if (!taken.has(free)) return free;
      free = `${name}-${count}`;
    }
  }

  #check({ maxConcurrency, pollInterval }: SwarmOptions): void {
    if (this.#run !== undefined)
      throw new OhmymktError("invalid_transition", "the swarm runs already", {
        hint: "await stop() first, or register more agents while it runs",
      });
    if (this.#members.length === 0)
      throw new OhmymktError("invalid_arguments", "the swarm has no agent", {
        hint: "call registerAgent({ name, execute }) first",
      });
    if (maxConcurrency !== undefined && !(Number.isInteger(maxConcurrency) && maxConcurrency >= 1))
      throw optionError("maxConcurrency", "a whole number from 1 on", maxConcurrency);
    if (pollInterval !== undefined && !(pollInterval > 0))
      throw optionError("pollInterval", "milliseconds above 0", pollInterval);
  }
}

function optionError(name: string, expected: string, got: unknown): OhmymktError {
  return new OhmymktError("invalid_arguments", `${name}: expected ${expected}, got ${String(got)}`, {
    hint: "correct the option and start again",
  });
}
