import { OhmymktError } from "../errors.ts";
import { APPROVAL_TRANSITIONS, hasLapsed, subjectHash, type Approval, type ApprovalStatus } from "../lib/approvals.ts";
import { GENESIS, verifyChain } from "../lib/ledger.ts";
import { assertTaskTransition, PRIORITIES, Task, TASK_STATUSES, type TaskStatus } from "../lib/tasks.ts";
import { instant } from "../store/local/ledger.ts";
import type { Approvals, Ledger, Observations, Tasks } from "../store/store.ts";
import type { Scene } from "./memory-state.ts";

const slice = <T>(rows: T[], { limit, offset = 0 }: { limit?: number | undefined; offset?: number | undefined }): T[] =>
  rows.slice(offset, limit === undefined ? undefined : offset + limit);

export function memoryObservations({ state, now, cause, randomId }: Scene): Observations {
  return {
    append: async (given) =>
      given.map((one) => {
        const kept = {
          ...one,
          id: `obs-${randomId()}`,
          observed_at: instant(one.observed_at),
          recorded_at: now,
          actor: cause.actor,
        };
        state.observations.push(kept);
        return kept;
      }),
    list: async ({ track, metric, from, to }) => {
      const [low, high] = [from && instant(from), to && instant(to)];
      const fits = state.observations.filter(
        (one) =>
          (!track || one.track === track) &&
          (!metric || one.metric === metric) &&
          (!low || one.observed_at >= low) &&
          (!high || one.observed_at <= high),
      );
      return fits.toSorted((a, b) => (a.observed_at < b.observed_at ? -1 : a.observed_at > b.observed_at ? 1 : 0));
    },
  };
}

export function memoryTasks({ state, now, randomId }: Scene): Tasks {
  const existing = (id: string): Task => {
    const task = state.tasks.get(id);
    if (task) return task;
    throw new OhmymktError("not_found", `there is no task ${JSON.stringify(id)}`);
  };
  return {
    create: async (tasks) => {
      const fresh = tasks
        .map((task) => ({ ...task, id: task.id ?? `task-${randomId()}` }))
        .filter(({ id }) => !state.tasks.has(id));
      const defaults = {
        description: "",
        type: "task",
        blocked_by: [],
        priority: PRIORITIES.MEDIUM,
        artifacts: [],
        metadata: {},
      };
      for (const task of fresh) {
        const checked = Task.safeParse({
          ...defaults,
          ...task,
          blocked_by: [...new Set(task.blocked_by)],
          status: "pending",
          created_at: now,
          updated_at: now,
        });
        if (!checked.success) throw new OhmymktError("invalid_arguments", `task: ${checked.error.message}`);
        state.tasks.set(task.id, checked.data);
      }
      checkBlockers(
        state.tasks,
        fresh.map(({ id }) => id),
      );
      return fresh.map(({ id }) => existing(id));
    },
    get: async (id) => state.tasks.get(id),
    list: async (filter = {}) => {
      const { status, owner, module } = filter;
      const fits = [...state.tasks.values()].filter(
        (task) =>
          (!status || status.includes(task.status)) &&
          (!owner || task.owner === owner) &&
          (!module || task.module === module),
      );
      return slice(fits, filter);
    },
    count: async () => {
      const counts = Object.fromEntries(TASK_STATUSES.map((status) => [status, 0])) as Record<TaskStatus, number>;
      for (const task of state.tasks.values()) counts[task.status] += 1;
      return counts;
    },
    transition: async (id, to, fields = {}) => {
      const { started_at, ...task } = existing(id);
      assertTaskTransition(task.status, to);
      const started =
        to === "claimed" || to === "in_progress" ? (started_at ?? now) : to === "pending" ? undefined : started_at;
      const ended = to === "completed" || to === "failed" || to === "cancelled" ? { completed_at: now } : {};
      state.tasks.set(id, {
        ...task,
        ...(started === undefined ? {} : { started_at: started }),
        ...ended,
        ...fields,
        status: to,
        updated_at: now,
      });
      return existing(id);
    },
  };
}

/** Refuses blockers that do not exist, and tasks that wait for each other in a circle. */
function checkBlockers(tasks: ReadonlyMap<string, Task>, created: readonly string[]): void {
  const blockers = (id: string): string[] => tasks.get(id)?.blocked_by ?? [];
  for (const id of created) {
    const wrong = blockers(id).find((blocker) => blocker === id || !tasks.has(blocker));
    if (wrong === undefined) continue;
    const problem = wrong === id ? "is the task itself" : "is not the id of a task";
    throw new OhmymktError(
      "invalid_arguments",
      `task ${id}: blocked_by expected ids of other tasks, got ${wrong}, which ${problem}`,
    );
  }
  let waiting = [...created];
  for (let before = -1; before !== waiting.length;) {
    before = waiting.length;
    waiting = waiting.filter((id) => blockers(id).some((blocker) => waiting.includes(blocker)));
  }
  if (waiting.length > 0)
    throw new OhmymktError(
      "invalid_arguments",
      `blocked_by: these tasks wait for each other in a circle: ${waiting.join(", ")}`,
    );
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
    verify: async (expected) => {
      const check = verifyChain(state.ledger);
      if (!check.ok || !expected || expected.seq === 0) return check;
      const problem = "is not the row that was recorded as the head";
      return state.ledger[expected.seq - 1]?.hash === expected.hash ? check : { ok: false, seq: expected.seq, problem };
    },
  };
}
