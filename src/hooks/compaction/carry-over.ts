import { readStanding } from "../../features/governance/facts.ts";
import { isEnded, type Job, stateWord } from "../../lib/jobs.ts";
import { OPEN_STATES, type OutboxState } from "../../lib/outbox.ts";
import type { Store, Transaction } from "../../store/store.ts";

/** What is known of the session that is compacted. */
export interface CompactedSession {
  session: string;
  ultrawork: boolean;
}

const MAX_JOBS = 3;
/** An older result was told once and is of no use to what goes on now. */
const UNREAD_HOURS = 24;

/** What must survive a compaction, in a few short lines: plan, campaign, gates, open incidents, mode and background work. Undefined without state. */
export async function carryOver(store: Store, { session, ultrawork }: CompactedSession): Promise<string | undefined> {
  if (!(await store.exists())) return undefined;
  const { standing, jobs, counts } = await store.transaction(
    { actor: { host: "opencode" }, tool: "compaction" },
    async (tx) => ({
      standing: await readStanding(tx),
      jobs: await openJobs(tx, session),
      counts: await tx.outbox.count(),
    }),
  );
  const failing = standing.gates.gates.filter((gate) => !gate.pass).map((gate) => gate.gate);
  const open = standing.incidents.filter((fact) => fact.status !== "resolved");
  const shown = open.slice(0, 4).map((fact) => `${fact.severity} ${fact.id}`);
  return [
    "ohmymkt state to carry over (look it up again with ohmymkt_read_state before acting):",
    `plan: ${standing.plan ? `${standing.plan.name} v${standing.plan.version}, ${standing.plan.status}` : "none"}`,
    `campaign: ${standing.execution.state}`,
    `gates: ${failing.length === 0 ? "PASS" : `BLOCKED by ${failing.join(", ")}`}`,
    `open incidents: ${shown.length === 0 ? "none" : shown.join(", ")}${open.length > shown.length ? ` and ${open.length - shown.length} more` : ""}`,
    ultrawork ? "mode: ultrawork" : "",
    outboxLine(counts),
    jobsLine(jobs),
  ]
    .filter(Boolean)
    .join("\n");
}

/** What waits in the outbox: without it an agent would compose anew what is on its way. */
function outboxLine(counts: Readonly<Record<OutboxState, number>>): string {
  const open = OPEN_STATES.flatMap((state) => (counts[state] > 0 ? [`${counts[state]} ${state}`] : []));
  return open.length > 0 ? `outbox: ${open.join(", ")}; ohmymkt_publish {action: "status"} lists them` : "";
}

/** Work of this session that still runs, and that ended of late without its result having been read. */
async function openJobs(tx: Transaction, session: string): Promise<Job[]> {
  const since = new Date(Date.parse(tx.now) - UNREAD_HOURS * 3_600_000).toISOString();
  const unread = (job: Job): boolean => job.read_at === undefined && (job.finished_at ?? "") >= since;
  return (await tx.jobs.list({ session })).filter((job) => !isEnded(job) || unread(job));
}

function jobsLine(jobs: readonly Job[]): string {
  if (jobs.length === 0) return "";
  const newest = jobs.toReversed();
  const shown = newest
    .slice(0, MAX_JOBS)
    .map((job) => `${job.id} ${isEnded(job) ? `${stateWord(job.state)}, unread` : job.state}`);
  return `background: ${shown.join("; ")}${newest.length > MAX_JOBS ? ` and ${newest.length - MAX_JOBS} more` : ""}`;
}
