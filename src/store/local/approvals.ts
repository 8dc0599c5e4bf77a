import {
  type Approval,
  APPROVAL_LIFETIME_HOURS,
  APPROVAL_TRANSITIONS,
  type ApprovalStatus,
  hasLapsed,
  subjectHash,
} from "../../lib/approvals.ts";
import { type ErrorCode, OhmymktError } from "../../errors.ts";
import type { Approvals } from "../store.ts";
import { type Context, withoutNulls } from "./context.ts";
import { appendLedger } from "./ledger.ts";
import { Where } from "./where.ts";

interface Stored {
  id: string;
  kind: Approval["kind"];
  subject_hash: string;
  summary: string;
  requested_by: string;
  requested_at: string;
  status: ApprovalStatus;
  decided_at: string | null;
  decided_how: NonNullable<Approval["decided_how"]> | null;
  reason: string | null;
}

export function createApprovals(context: Context): Approvals {
  const { sql, now, randomId, cause } = context;
  const open = (status: ApprovalStatus, kind: Approval["kind"], subject: unknown): Approval | undefined => {
    lapse(context);
    const row = sql.get<Stored>(
      `SELECT * FROM approval WHERE kind = ? AND subject_hash = ? AND status = ? ORDER BY rowid DESC LIMIT 1`,
      kind,
      subjectHash(kind, subject),
      status,
    );
    return row && fromStored(row);
  };
  return {
    request: async ({ kind, subject, summary }) => {
      const pending = open("pending", kind, subject);
      if (pending !== undefined) return pending;
      const approval: Approval = {
        id: `apr-${randomId()}`,
        kind,
        subject_hash: subjectHash(kind, subject),
        summary,
        requested_by: cause.actor,
        requested_at: now,
        status: "pending",
      };
      sql.run(
        `INSERT INTO approval(id, kind, subject_hash, summary, requested_by, requested_at, status) VALUES(?,?,?,?,?,?,'pending')`,
        approval.id,
        kind,
        approval.subject_hash,
        summary,
        JSON.stringify(cause.actor),
        now,
      );
      record(context, "approval.requested", approval);
      return approval;
    },
    granted: async (kind, subject) => open("approved", kind, subject),
    decide: async (id, { approved, how, reason }) => {
      const status = approved ? "approved" : "rejected";
      const approval = move(context, id, status);
      sql.run(
        `UPDATE approval SET decided_at = ?, decided_how = ?, reason = ? WHERE id = ?`,
        now,
        how,
        reason ?? null,
        id,
      );
      const decided: Approval = {
        ...approval,
        decided_at: now,
        decided_how: how,
        ...(reason === undefined ? {} : { reason }),
      };
      record(context, `approval.${status}`, decided);
      return decided;
    },
    use: async (id) => {
      const used = move(context, id, "used");
      record(context, "approval.used", used);
      return used;
    },
    list: async (filter = {}) => {
      lapse(context);
      const where = new Where();
      where.equal("status", filter.status);
      return sql.all<Stored>(`SELECT * FROM approval ${where.text} ORDER BY rowid`, ...where.params).map(fromStored);
    },
    get: async (id) => find(context, id),
  };
}

function find(context: Context, id: string): Approval | undefined {
  lapse(context);
  const row = context.sql.get<Stored>(`SELECT * FROM approval WHERE id = ?`, id);
  return row && fromStored(row);
}

function move(context: Context, id: string, to: ApprovalStatus): Approval {
  const approval = find(context, id);
  if (approval === undefined) {
    throw new OhmymktError("not_found", `there is no approval ${JSON.stringify(id)}`, {
      hint: "list the approvals to see their ids",
    });
  }
  const allowed: readonly string[] = APPROVAL_TRANSITIONS[approval.status];
  if (!allowed.includes(to)) throw refusal(approval, to);
  context.sql.run(`UPDATE approval SET status = ? WHERE id = ?`, to, id);
  return { ...approval, status: to };
}

function refusal({ id, status, summary, reason }: Approval, to: ApprovalStatus): OhmymktError {
  const [code, hint]: [ErrorCode, string] =
    status === "lapsed"
      ? ["stale", `it was open for more than ${APPROVAL_LIFETIME_HOURS} hours; ask again`]
      : status === "used"
        ? ["stale", "an approval counts for one call; ask again"]
        : to !== "used"
          ? ["invalid_transition", "it was decided already; ask again if something changed"]
          : status === "pending"
            ? ["approval_required", "a person must answer it first"]
            : [
                "approval_rejected",
                `do not repeat the call unchanged${reason === undefined ? "" : `; the reason given was: ${reason}`}`,
              ];
  return new OhmymktError(code, `approval ${id} (${summary}) is ${status} and cannot become ${to}`, { hint });
}

/** Rows that are too old stop counting at the first look at them. */
function lapse({ sql, nowMs }: Context): void {
  const open = sql.all<Stored>(`SELECT * FROM approval WHERE status IN('pending','approved')`);
  for (const row of open)
    if (hasLapsed(fromStored(row), nowMs)) sql.run(`UPDATE approval SET status = 'lapsed' WHERE id = ?`, row.id);
}

function record(context: Context, kind: string, approval: Approval): void {
  const { id, subject_hash, summary, decided_how, reason } = approval;
  appendLedger(context, {
    kind,
    subject: id,
    reason,
    evidence: { kind: approval.kind, subject_hash, summary, how: decided_how },
  });
}

function fromStored(row: Stored): Approval {
  return { ...withoutNulls(row), requested_by: JSON.parse(row.requested_by) as Approval["requested_by"] };
}
