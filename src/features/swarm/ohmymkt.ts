import { OhmymktError } from "../../errors.ts";
import type { TaskPoolOptions } from "../../store/local/pool/pool-options.ts";
import { TaskPool } from "../../store/task-pool.ts";
import type { SwarmAgent } from "./agent.ts";
import { autopilot, eco, type Job, type ModeOptions, type ModeResult, ultra } from "./modes.ts";
import { Swarm } from "./swarm.ts";

export interface OhmymktOptions extends TaskPoolOptions {
  /** The file of the task pool; in memory by default. */
  dbPath?: string | undefined;
}

/** A task pool with the ways to work through it. */
export class Ohmymkt {
  readonly #pool: TaskPool;
  readonly #swarm: Swarm;

  constructor({ dbPath, ...options }: OhmymktOptions = {}) {
    this.#pool = new TaskPool(dbPath, options);
    this.#swarm = new Swarm(this.#pool);
  }

  getTaskPool(): TaskPool {
    return this.#pool;
  }

  getSwarm(): Swarm {
    return this.#swarm;
  }

  /** Tasks in parallel, each by its own agent. */
  ultra(jobs: readonly Job[], options: ModeOptions = {}): Promise<ModeResult> {
    return ultra(this.#pool, jobs, options);
  }

  /** Stages in order. A goal alone goes through all registered agents in their order, each with the result of the one before. */
  async autopilot(goal: string | readonly Job[], options: ModeOptions = {}): Promise<ModeResult> {
    return autopilot(
      this.#pool,
      typeof goal === "string"
        ? this.#agents().map((agent) => ({ title: `${goal} (${agent.name})`, description: goal, agent }))
        : goal,
      options,
    );
  }

  /** One task by one agent; for a text the one that was registered first. */
  async eco(goal: string | Job, options: ModeOptions = {}): Promise<ModeResult> {
    if (typeof goal !== "string") return eco(this.#pool, goal, options);
    const [agent] = this.#agents();
    return eco(this.#pool, { title: goal, description: goal, agent }, options);
  }

  /** Closes the pool; stop the swarm first. */
  close(): void {
    this.#pool.close();
  }

  #agents(): [SwarmAgent, ...SwarmAgent[]] {
    const [first, ...more] = this.#swarm.agents;
    if (first !== undefined) return [first, ...more];
    throw new OhmymktError("invalid_arguments", "no agent is registered that could do this", {
      hint: "call getSwarm().registerAgent({ name, execute }) first, or give { title, agent }",
    });
  }
}
