import type { Sql } from "../sql.ts";
import { type Lease, notHeld } from "./finish.ts";

/** A sign of life of a worker. */
export interface Beat {
  leaseMs: number;
  /** Work has begun: claimed becomes in_progress. */
  start?: boolean | undefined;
  /** A note for whoever goes on after this attempt. */
  checkpoint?: string | undefined;
  /** What the task waits for; null ends the wait, leaving it out changes nothing. */
  waitingFor?: string | null | undefined;
  /** JSON text that replaces the metadata. */
  metadata?: string | undefined;
}

const BEAT = `UPDATE tasks SET lease_until = ?, updated_at = ? WHERE id = ? AND attempt = ? AND assigned_agent = ? AND status IN('claimed','in_progress')`;

/** Extends a lease; all else of a beat only where it is given. Throws `stale`. */
export function heartbeat(sql: Sql, lease: Lease, beat: Beat, now: number): void {
  const held = [lease.id, lease.attempt, lease.agent] as const;
  if (sql.run(BEAT, now + beat.leaseMs, now, ...held) === 0) throw notHeld(sql, lease, "in_progress");
  if (beat.start === true)
    sql.run(`UPDATE tasks SET status = 'in_progress' WHERE id = ? AND status = 'claimed'`, lease.id);
  if (beat.waitingFor !== undefined) sql.run(`UPDATE tasks SET waiting = ? WHERE id = ?`, beat.waitingFor, lease.id);
  if (beat.metadata !== undefined) sql.run(`UPDATE tasks SET metadata = ? WHERE id = ?`, beat.metadata, lease.id);
  if (beat.checkpoint !== undefined) {
    const note = JSON.stringify({ at: new Date(now).toISOString(), agent: lease.agent, note: beat.checkpoint });
    sql.run(`UPDATE tasks SET checkpoints = json_insert(checkpoints, '$[#]', json(?)) WHERE id = ?`, note, lease.id);
  }
}

/** Extends many leases in one statement; those that are no longer held are left out. The ids that still are. */
export function extendLeases(sql: Sql, leases: readonly Lease[], leaseMs: number, now: number): string[] {
  return sql
    .all<{ id: string }>(
      `UPDATE tasks SET lease_until = ? FROM (SELECT value ->> 'id' AS held, value ->> 'attempt' AS nth, value ->> 'agent' AS agent FROM json_each(?)) AS mine
       WHERE tasks.id = mine.held AND tasks.attempt = mine.nth AND tasks.assigned_agent = mine.agent AND tasks.status IN('claimed','in_progress') RETURNING tasks.id`,
      now + leaseMs,
      JSON.stringify(leases),
    )
    .map(({ id }) => id);
}
