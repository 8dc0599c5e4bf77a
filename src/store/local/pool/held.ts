import type { Holder } from "../../../lib/task-lease.ts";
import { OhmymktError } from "../../../errors.ts";
import type { Lease } from "./finish.ts";

/** The claims of one live pool instance, and the timer that keeps their leases; it does not keep the process alive. */
export class HeldLeases {
  readonly #held = new Map<string, Holder>();
  readonly #everyMs: number;
  readonly #beat: () => void;
  #timer: ReturnType<typeof setInterval> | undefined;

  constructor(everyMs: number, beat: () => void) {
    this.#everyMs = everyMs;
    this.#beat = beat;
  }

  add(id: string, attempt: number, agent: string): void {
    this.#held.set(id, { attempt, agent });
    if (this.#timer !== undefined) return;
    this.#timer = setInterval(this.#beat, this.#everyMs);
    this.#timer.unref();
  }

  drop(id: string): void {
    this.#held.delete(id);
  }

  find(id: string): Lease | undefined {
    const holder = this.#held.get(id);
    return holder && { id, attempt: holder.attempt, agent: holder.agent };
  }

  /** Throws `stale` when this instance has no claim on the task. */
  get(id: string): Lease {
    const lease = this.find(id);
    if (lease !== undefined) return lease;
    throw new OhmymktError("stale", `task ${JSON.stringify(id)} is not held by this pool; nothing was changed`, {
      hint: "claim it first, and finish it with the same TaskPool",
    });
  }

  all(): Lease[] {
    return Array.from(this.#held, ([id, { attempt, agent }]) => ({ id, attempt, agent }));
  }

  get size(): number {
    return this.#held.size;
  }

  /** Forgets every claim that is not among these ids. */
  keepOnly(ids: Iterable<string>): void {
    const kept = new Set(ids);
    for (const id of this.#held.keys()) if (!kept.has(id)) this.#held.delete(id);
    if (this.#held.size === 0) this.stop();
  }

  stop(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
  }
}
