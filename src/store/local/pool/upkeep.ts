import { OhmymktError } from "../../../errors.ts";
import { HeldLeases } from "./held.ts";
import { extendLeases } from "./heartbeat.ts";
import type { PoolDatabase } from "./open.ts";
import { sweep, sweepIsDue } from "./sweep.ts";

/** A lease outlives its heartbeat by so much: one may be late, and a dead worker's task is still back before two have passed. */
const LEASE_PER_HEARTBEAT = 1.75;
const LONGEST_SWEEP_PAUSE_MS = 1000;

/** Keeps the leases of one live pool instance, and returns the tasks of dead ones. */
export class Upkeep {
  readonly held: HeldLeases;
  readonly leaseMs: number;
  readonly #heartbeatMs: number;
  readonly #pool: PoolDatabase;
  readonly #now: () => number;
  #lastBeat = 0;
  #lastSweep = 0;

  constructor(pool: PoolDatabase, heartbeatMs: number, now: () => number) {
    this.#pool = pool;
    this.#heartbeatMs = heartbeatMs;
    this.#now = now;
    this.leaseMs = Math.round(heartbeatMs * LEASE_PER_HEARTBEAT);
    this.held = new HeldLeases(heartbeatMs, () => this.#beatOnTimer());
  }

  take(id: string, attempt: number, agent: string): void {
    if (this.held.size === 0) this.#lastBeat = this.#now();
    this.held.add(id, attempt, agent);
  }

  /** A loop that never yields gives the timer no turn, so every claim calls this. */
  keepUp(now: number): void {
    if (this.held.size > 0 && now - this.#lastBeat >= this.#heartbeatMs) this.#beat();
    if (now - this.#lastSweep >= Math.min(LONGEST_SWEEP_PAUSE_MS, this.#heartbeatMs / 8)) this.sweep(now);
  }

  /** Whether there was anything to put right. */
  sweep(now: number): boolean {
    this.#lastSweep = now;
    const { sql, turns } = this.#pool;
    if (!sweepIsDue(sql, now)) return false;
    turns.all(() => sweep(sql, now));
    return true;
  }

  #beat(): void {
    const { sql, turns } = this.#pool;
    const now = this.#now();
    this.#lastBeat = now;
    this.held.keepOnly(turns.single(() => extendLeases(sql, this.held.all(), this.leaseMs, now)));
    this.sweep(now);
  }

  /** On the timer there is nobody to tell: the next beat tries again, and a worker whose lease is lost meanwhile is told at its next write. */
  #beatOnTimer(): void {
    try {
      this.#beat();
    } catch (error) {
      if (!(error instanceof OhmymktError)) throw error;
    }
  }
}
