import { isEnded, SWARM_AGENT, type Job, type JobOwner } from "../../lib/jobs.ts";
import type { Transaction } from "../../store/store.ts";
import { reportText, type SwarmReport } from "./report.ts";

/** Whose tasks a swarm does, and for whom; `root` is the session that its workers stand below. */
export interface RowRequest {
  session: string;
  caller: string;
  root: string;
  owners: readonly string[];
}

/** Longest title that lists of background work show, in characters. */
const TITLE = 200;

/** Writes a swarm down as running background work, so that its end is told once whatever happens to the host. */
export async function openRow(
  tx: Transaction,
  owner: JobOwner,
  { session, caller, root, owners }: RowRequest,
): Promise<Job> {
  const { id } = await tx.jobs.create({
    parent_session: session,
    parent_agent: caller,
    root_session: root,
    agent: SWARM_AGENT,
    title: `swarm of ${owners.join(", ")}`.slice(0, TITLE),
    prompt: `ready tasks of ${owners.join(", ")}`,
    owner,
  });
  await tx.ledger.append({ kind: "swarm.running", subject: id, evidence: { owners } });
  return tx.jobs.transition(id, "running");
}

/** Writes the end of a swarm into its row, unless another run of the host took it for lost; returns the row as it then stands. */
export async function closeRow(tx: Transaction, id: string, report: SwarmReport): Promise<Job> {
  const now = await tx.jobs.get(id);
  if (now && isEnded(now)) return now;
  const end = { result: reportText(report), tokens: report.totals.tokens };
  const job = await (report.reason === undefined
    ? tx.jobs.transition(id, "completed", end)
    : tx.jobs.transition(id, "cancelled", { ...end, error: report.reason }));
  const { completed, failed, requeued, blocked, held } = report.totals;
  await tx.ledger.append({
    kind: `swarm.${report.state}`,
    subject: id,
    evidence: { owners: report.owners, completed, failed, requeued, blocked, held },
    ...(report.reason === undefined ? {} : { reason: report.reason }),
  });
  return job;
}
