import { OhmymktError } from "../errors.ts";
import { APPROVAL_TRANSITIONS, hasLapsed, subjectHash, type Approval, type ApprovalStatus } from "../lib/approvals.ts";
import { GENESIS, type LedgerRow, verifyChain } from "../lib/ledger.ts";
import { instant } from "../store/local/ledger.ts";
import { createObservations } from "../store/local/observations.ts";
import { createOutbox } from "../store/local/outbox.ts";
import { createPaidCalls } from "../store/local/paid-calls.ts";
import { createTasks } from "../store/local/tasks.ts";
import type { Observations } from "../store/observations.ts";
import type { Outbox, PaidCalls } from "../store/outbox.ts";
import type { Approvals, Ledger, Tasks } from "../store/store.ts";
import type { Scene } from "./memory-state.ts";

const slice = <T>(rows: T[], { limit, offset = 0 }: { limit?: number | undefined; offset?: number | undefined }): T[] =>
  rows.slice(offset, limit === undefined ? undefined : offset + limit);

/** Observations have one implementation; here it stands on a database in memory, beside this project's own ledger. */
export function memoryObservations(scene: Scene): Observations {
  const { sql, cause, now, nowMs, state, append } = scene;
  const seals = (): LedgerRow[] => state.ledger.filter((row) => row.kind.startsWith("observations."));
  return createObservations({ sql, cause, now, nowMs, appendLedger: append, seals });
}

/** The pool has one implementation; here it stands on a database in memory. */
export function memoryTasks({ sql, now, nowMs, randomId }: Scene): Tasks {
  return createTasks({ sql, now, nowMs, randomId });
}

/** The outbox has one implementation; here it stands on a database in memory, beside this project's own ledger. */
export function memoryOutbox({ sql, now, randomId, append }: Scene): Outbox {
  return createOutbox({ sql, now, randomId, appendLedger: append });
}

/** As the outbox. */
export function memoryPaidCalls({ sql, now, randomId, append }: Scene): PaidCalls {
  return createPaidCalls({ sql, now, randomId, appendLedger: append });
}

export function memoryApprovals({ state, now, nowMs, cause, randomId, append }: Scene): Approvals {
  const lapse = (): void => {
    for (const row of state.approvals.values()) {
      if ((row.status === "pending" || row.status === "approved") && hasLapsed(row, nowMs))
        state.approvals.set(row.id, { ...row, status: "lapsed" });
    }
  };
  const find = (status: ApprovalStatus, hash: string): Approval | undefined => {
    lapse();
    return [...state.approvals.values()].findLast((row) => row.status === status && row.subject_hash === hash);
  };
  const record = (kind: string, row: Approval): Approval => {
    state.approvals.set(row.id, row);
    append({
      kind,
      subject: row.id,
      reason: row.reason,
      evidence: { kind: row.kind, subject_hash: row.subject_hash, summary: row.summary, how: row.decided_how },
    });
    return row;
  };
  const move = (id: string, status: ApprovalStatus): Approval => {
    lapse();
    const row = state.approvals.get(id);
    if (!row) throw new OhmymktError("not_found", `there is no approval ${JSON.stringify(id)}`);
    const allowed: readonly string[] = APPROVAL_TRANSITIONS[row.status];
    if (allowed.includes(status)) return { ...row, status };
    const code =
      row.status === "lapsed" || row.status === "used"
        ? "stale"
        : status !== "used"
          ? "invalid_transition"
          : row.status === "pending"
            ? "approval_required"
            : "approval_rejected";
    throw new OhmymktError(code, `approval ${id} (${row.summary}) is ${row.status} and cannot become ${status}`);
  };
  return {
    request: async ({ kind, subject, summary }) => {
      const hash = subjectHash(kind, subject);
      const row = {
        id: `apr-${randomId()}`,
        kind,
        subject_hash: hash,
        summary,
        requested_by: cause.actor,
        requested_at: now,
        status: "pending" as const,
      };
      return find("pending", hash) ?? record("approval.requested", row);
    },
    granted: async (kind, subject) => find("approved", subjectHash(kind, subject)),
    decide: async (id, { approved, how, reason }) => {
      const status = approved ? "approved" : "rejected";
      return record(`approval.${status}`, {
        ...move(id, status),
        decided_at: now,
        decided_how: how,
        ...(reason === undefined ? {} : { reason }),
      });
    },
    use: async (id) => record("approval.used", move(id, "used")),
    list: async ({ status } = {}) => {
      lapse();
      return [...state.approvals.values()].filter((row) => !status || row.status === status);
    },
    get: async (id) => {
      lapse();
      return state.approvals.get(id);
    },
  };
}

export function memoryLedger({ state, append }: Scene): Ledger {
  const head = (): { seq: number; hash: string } => ({
    seq: state.ledger.length,
    hash: state.ledger.at(-1)?.hash ?? GENESIS,
  });
  return {
    append: async (event) => append(event),
    latest: async (kind, subject) => state.ledger.findLast((row) => row.kind === kind && row.subject === subject),
    list: async (filter = {}) => {
      const { kind, subject, from, to } = filter;
      const named = (found: string): boolean =>
        !kind || (kind.endsWith("*") ? found.startsWith(kind.slice(0, -1)) : found === kind);
      const [low, high] = [from && instant(from), to && instant(to)];
      const fits = state.ledger.filter(
        (row) =>
          named(row.kind) &&
          (!subject || row.subject === subject) &&
          (!low || row.at >= low) &&
          (!high || row.at <= high),
      );
      return slice(fits.toReversed(), filter);
    },
    head: async () => head(),
    verify: async (expected = []) => {
      const check = verifyChain(state.ledger);
      if (!check.ok) return check;
      const problem = "is not the row that was recorded as the head: it, or a row before it, was rewritten";
      const lost = expected
        .toSorted((a, b) => a.seq - b.seq)
        .find(({ seq, hash }) => seq > 0 && state.ledger[seq - 1]?.hash !== hash);
      return lost ? { ok: false, seq: lost.seq, problem } : check;
    },
  };
}
