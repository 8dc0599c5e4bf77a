import { OhmymktError } from "../../errors.ts";
import { hashValue } from "../../lib/canonical.ts";
import {
  assertPaidCallTransition,
  COUNTED_STATES,
  NewPaidCall,
  PaidCall,
  type PaidCallState,
} from "../../lib/paid-calls.ts";
import type { PaidCalls } from "../outbox.ts";
import { type RecordingContext, accepted, damagedRow, fromJson, intact, toJson } from "./recorded-rows.ts";
import { page, Where } from "./where.ts";

const SELECT = `SELECT id, state, plan, category, provider, model, summary, request, request_hash, amount, currency, approval, operation, file, problem,
  owner_pid, owner_boot, requested_by, created_at, updated_at FROM paid_call`;
const COUNTED = `state IN(${COUNTED_STATES.map((state) => `'${state}'`).join(",")})`;
const RUNNING: readonly PaidCallState[] = ["reserved", "started", "unknown"];

type Json = "request" | "operation" | "file";
type Stored = Record<Exclude<keyof PaidCall, Json | "estimate" | "owner">, string | null> &
  Record<Json, string | null> & { amount: number; currency: string; owner_pid: number; owner_boot: string };

type Change = Partial<Pick<PaidCall, "operation" | "file" | "problem" | "owner">>;

export function createPaidCalls(context: RecordingContext): PaidCalls {
  const { sql, now } = context;
  return {
    reserve: async (call) => reserve(context, call),
    get: async (id) => find(context, id),
    list: async (filter = {}) => {
      const where = new Where();
      if (filter.state !== undefined)
        where.and(`state IN(SELECT value FROM json_each(?))`, JSON.stringify(filter.state));
      where.equal("plan", filter.plan);
      return sql
        .all<Stored>(`${SELECT} ${where.text} ORDER BY seq LIMIT ? OFFSET ?`, ...where.params, ...page(filter))
        .map(fromStored);
    },
    committed: async (plan) =>
      sql
        .all<{ amount: number; currency: string }>(
          `SELECT currency, sum(amount) AS amount FROM paid_call WHERE plan = ? AND ${COUNTED} GROUP BY currency ORDER BY currency`,
          plan,
        )
        .map(({ amount, currency }) => ({ amount: withoutDust(amount), currency })),
    transition: async (id, to, change) => transition(context, id, to, change),
    assign: async (id, owner) => {
      const call = existing(context, id);
      if (!RUNNING.includes(call.state)) {
        throw new OhmymktError(
          "invalid_transition",
          `paid call ${id} is ${call.state}; only a running one has an owner`,
        );
      }
      return keep(context, accepted(PaidCall, { ...call, owner, updated_at: now }, id));
    },
  };
}

/** Sums of decimal amounts carry binary dust that would break a budget that is met exactly. */
function withoutDust(amount: number): number {
  return Number(amount.toFixed(9));
}

function reserve(context: RecordingContext, given: NewPaidCall): PaidCall {
  const { sql, now, randomId } = context;
  const { request, estimate, owner, ...call } = accepted(NewPaidCall, given, "paid call");
  const row = {
    ...call,
    id: `pay-${randomId()}`,
    state: "reserved",
    request: JSON.stringify(request),
    request_hash: hashValue(request),
    amount: estimate.amount,
    currency: estimate.currency,
    owner_pid: owner.pid,
    owner_boot: owner.boot,
    created_at: now,
    updated_at: now,
  };
  const columns = Object.entries(row);
  sql.run(
    `INSERT INTO paid_call(${columns.map(([column]) => column).join(", ")}) VALUES(${columns.map(() => "?").join(",")})`,
    ...columns.map(([, value]) => value),
  );
  return record(context, undefined, existing(context, row.id));
}

function find({ sql }: RecordingContext, id: string): PaidCall | undefined {
  const row = sql.get<Stored>(`${SELECT} WHERE id = ?`, id);
  return row && fromStored(row);
}

function existing(context: RecordingContext, id: string): PaidCall {
  const call = find(context, id);
  if (call !== undefined) return call;
  throw new OhmymktError("not_found", `there is no paid call ${JSON.stringify(id)}`, {
    hint: "use the id that the generating call gave",
  });
}

function transition(
  context: RecordingContext,
  id: string,
  to: PaidCallState,
  { operation, file, problem, owner }: Change = {},
): PaidCall {
  const before = existing(context, id);
  assertPaidCallTransition(id, before.state, to);
  const after = accepted(
    PaidCall,
    {
      ...before,
      operation: operation ?? before.operation,
      file: file ?? before.file,
      problem: problem ?? before.problem,
      owner: owner ?? before.owner,
      state: to,
      updated_at: context.now,
    },
    id,
  );
  if (to === "started" && after.operation === undefined) {
    throw new OhmymktError("invalid_arguments", `paid call ${id} cannot become started without its operation`, {
      hint: "store the provider's handle with the transition, so that a crash never pays twice; nothing was changed",
    });
  }
  return record(context, before, keep(context, after));
}

function keep(context: RecordingContext, { id, state, operation, file, problem, owner }: PaidCall): PaidCall {
  context.sql.run(
    `UPDATE paid_call SET state = ?, operation = ?, file = ?, problem = ?, owner_pid = ?, owner_boot = ?, updated_at = ? WHERE id = ?`,
    state,
    toJson(operation),
    toJson(file),
    problem ?? null,
    owner.pid,
    owner.boot,
    context.now,
    id,
  );
  return existing(context, id);
}

function record(context: RecordingContext, before: PaidCall | undefined, call: PaidCall): PaidCall {
  const { id, state, provider, model, plan, estimate, approval, request_hash, file, problem } = call;
  context.appendLedger({
    kind: `spend.${state}`,
    subject: id,
    evidence: { provider, model, plan, estimate, approval, request_hash, file_hash: file?.hash, problem },
    before: before?.state,
    after: state,
  });
  return call;
}

function fromStored(row: Stored): PaidCall {
  const { amount, currency, owner_pid, owner_boot, request, operation, file, ...rest } = row;
  const what = `the paid call ${JSON.stringify(row.id)}`;
  const call = intact(
    PaidCall,
    {
      ...rest,
      request: fromJson(request),
      operation: fromJson(operation),
      file: fromJson(file),
      estimate: { amount, currency },
      owner: { pid: owner_pid, boot: owner_boot },
    },
    what,
  );
  if (hashValue(call.request) !== call.request_hash) throw damagedRow(what, "its request does not match its hash");
  return call;
}
