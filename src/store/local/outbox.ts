import type { SQLQueryBindings } from "bun:sqlite";
import { OhmymktError } from "../../errors.ts";
import { hashValue } from "../../lib/canonical.ts";
import {
  assertOutboxGrounds,
  assertOutboxTransition,
  NewOutboxItem,
  OUTBOX_STATES,
  type OutboxChange,
  OutboxItem,
  outboxKey,
  type OutboxState,
} from "../../lib/outbox.ts";
import type { Outbox } from "../outbox.ts";
import { instant } from "./ledger.ts";
import { mapInTurns } from "./loop-turns.ts";
import { type RecordingContext, accepted, damagedRow, fromJson, intact, toJson } from "./recorded-rows.ts";
import { page, Where } from "./where.ts";

/** JSON of a payload in UTF-16 units: listings read rows whole, and no platform takes a text that comes near it. */
const MAX_PAYLOAD_LENGTH = 4 * 1024 * 1024;

const SELECT = `SELECT id, batch, key, state, platform, account, class, plan, campaign, asset, payload, payload_hash, warnings, setting_hash, requested_by,
  approval, not_before, attempts, owner_pid, owner_boot, started_at, progress, receipt, problem, sent_at, retracted_at, created_at, updated_at FROM outbox`;

type Json = "payload" | "warnings" | "progress" | "receipt" | "problem";
type Stored = Record<Exclude<keyof OutboxItem, Json | "owner">, string | number | null> &
  Record<Json, string | null> & { owner_pid: number | null; owner_boot: string | null };

/** The columns that a transition writes. */
const CHANGING: Readonly<Record<string, (item: OutboxItem) => SQLQueryBindings | undefined>> = {
  state: ({ state }) => state,
  approval: ({ approval }) => approval,
  not_before: ({ not_before }) => not_before,
  attempts: ({ attempts }) => attempts,
  owner_pid: ({ owner }) => owner?.pid,
  owner_boot: ({ owner }) => owner?.boot,
  started_at: ({ started_at }) => started_at,
  progress: ({ progress }) => toJson(progress),
  receipt: ({ receipt }) => toJson(receipt),
  problem: ({ problem }) => toJson(problem),
  sent_at: ({ sent_at }) => sent_at,
  retracted_at: ({ retracted_at }) => retracted_at,
  updated_at: ({ updated_at }) => updated_at,
};
const UPDATE = `UPDATE outbox SET ${Object.keys(CHANGING)
  .map((column) => `${column} = ?`)
  .join(", ")} WHERE id = ?`;

const TIMES: ReadonlySet<string> = new Set(["not_before", "started_at", "sent_at", "retracted_at"]);
const CHANGEABLE = TIMES.union(new Set(["approval", "owner", "progress", "receipt", "problem", "attempts"]));

export function createOutbox(context: RecordingContext): Outbox {
  const { sql, now } = context;
  return {
    add: async (item) => add(context, item),
    get: async (id) => find(context, "id", id),
    list: async (filter = {}) => {
      const where = new Where();
      if (filter.state !== undefined)
        where.and(`state IN(SELECT value FROM json_each(?))`, JSON.stringify(filter.state));
      for (const column of ["batch", "platform", "campaign", "asset"] as const) where.equal(column, filter[column]);
      if (filter.due === true)
        where.and(`state IN('approved','scheduled','retryable') AND (not_before IS NULL OR not_before <= ?)`, now);
      if (filter.onPlatform === true) where.and(`json_extract(receipt, '$.scheduled_for') IS NOT NULL`);
      if (filter.updatedFrom !== undefined) where.and(`updated_at >= ?`, instant(filter.updatedFrom));
      // The plus keeps the planner off the index of states, in which nearly every row is a sent one.
      if (filter.sentFrom !== undefined)
        where.and(`sent_at >= ? AND +state IN('sent','retracting','retract_failed')`, instant(filter.sentFrom));
      const rows = sql.all<Stored>(
        `${SELECT} ${where.text} ORDER BY seq LIMIT ? OFFSET ?`,
        ...where.params,
        ...page(filter),
      );
      return mapInTurns(rows, fromStored);
    },
    count: async () => {
      const rows = sql.all<{ state: OutboxState; rows: number }>(
        `SELECT state, count(*) AS rows FROM outbox GROUP BY state`,
      );
      const counts = new Map(rows.map((row) => [row.state, row.rows]));
      return Object.fromEntries(OUTBOX_STATES.map((state) => [state, counts.get(state) ?? 0])) as Record<
        OutboxState,
        number
      >;
    },
    transition: async (id, to, change, note) => transition(context, id, to, change, note),
    amend: async (id, change, note) => {
      const before = existing(context, id);
      const after = accepted(OutboxItem, { ...changed(before, change), updated_at: now }, id);
      assertOutboxGrounds(before, after);
      return record(context, before, keep(context, after), note);
    },
    progress: async (id, owner, progress) => {
      const before = existing(context, id);
      if (before.state !== "sending" || before.owner?.pid !== owner.pid || before.owner.boot !== owner.boot) {
        throw new OhmymktError("stale", `${id} is ${before.state}, and not being sent by process ${owner.pid}`, {
          hint: "stop this attempt; look at the row before anything else is sent",
        });
      }
      return keep(context, { ...before, progress, updated_at: now });
    },
  };
}

function add(context: RecordingContext, given: NewOutboxItem): OutboxItem {
  const { sql, now, randomId } = context;
  const { not_before: asked, repeat, ...item } = accepted(NewOutboxItem, given, "delivery");
  // One instant has many spellings, and each would be a slot of its own.
  const not_before = asked === undefined ? undefined : instant(asked);
  const payload = JSON.stringify(item.payload);
  if (payload.length > MAX_PAYLOAD_LENGTH) {
    throw new OhmymktError(
      "invalid_arguments",
      `delivery: expected a payload of at most ${MAX_PAYLOAD_LENGTH} characters as JSON, got ${payload.length}`,
      { hint: "shorten the text, or publish it as a file and link to it; nothing was changed" },
    );
  }
  const key = outboxKey({ ...item, not_before, repeat });
  const known = find(context, "key", key);
  if (known !== undefined) return known;
  const row = {
    ...item,
    id: `out-${randomId()}`,
    key,
    state: "draft",
    payload,
    payload_hash: hashValue(item.payload),
    warnings: JSON.stringify(item.warnings),
    not_before,
    created_at: now,
    updated_at: now,
  };
  const columns = Object.entries(row).filter(([, value]) => value !== undefined);
  sql.run(
    `INSERT INTO outbox(${columns.map(([column]) => column).join(", ")}) VALUES(${columns.map(() => "?").join(",")})`,
    ...columns.map(([, value]) => value ?? null),
  );
  return record(context, undefined, existing(context, row.id));
}

function find({ sql }: RecordingContext, column: "id" | "key", value: string): OutboxItem | undefined {
  const row = sql.get<Stored>(`${SELECT} WHERE ${column} = ?`, value);
  return row && fromStored(row);
}

function existing(context: RecordingContext, id: string): OutboxItem {
  const item = find(context, "id", id);
  if (item !== undefined) return item;
  throw new OhmymktError("not_found", `there is nothing in the outbox with the id ${JSON.stringify(id)}`, {
    hint: "use the id that publish gave",
  });
}

function transition(
  context: RecordingContext,
  id: string,
  to: OutboxState,
  change: OutboxChange = {},
  note: { reason?: string; evidence?: unknown } = {},
): OutboxItem {
  const before = existing(context, id);
  assertOutboxTransition(id, before.state, to);
  // An owner is that of one attempt: whoever does not name one leaves none behind.
  const { owner: _, ...unowned } = before;
  const next = changed(unowned, change);
  // A rollback finds what was sent by its time, so no row is without one.
  const arrival = to === "sent" ? "sent_at" : to === "retracted" ? "retracted_at" : undefined;
  if (arrival !== undefined) next[arrival] ??= context.now;
  const after = accepted(OutboxItem, { ...next, state: to, updated_at: context.now }, id);
  assertOutboxGrounds(before, after);
  return record(context, before, keep(context, after), note);
}

/** The members of a row after a change. */
function changed(before: Partial<OutboxItem>, change: OutboxChange): Record<string, unknown> {
  const next: Record<string, unknown> = { ...before };
  for (const [name, value] of Object.entries(change)) {
    if (!CHANGEABLE.has(name)) {
      throw new OhmymktError("invalid_arguments", `${before.id}: ${name} never changes`, {
        hint: "add another delivery instead; nothing was changed",
      });
    }
    if (value === null) delete next[name];
    else if (value !== undefined) next[name] = TIMES.has(name) && typeof value === "string" ? instant(value) : value;
  }
  return next;
}

function keep(context: RecordingContext, item: OutboxItem): OutboxItem {
  context.sql.run(UPDATE, ...Object.values(CHANGING).map((column) => column(item) ?? null), item.id);
  return existing(context, item.id);
}

function record(
  context: RecordingContext,
  before: OutboxItem | undefined,
  item: OutboxItem,
  { reason, evidence }: { reason?: string; evidence?: unknown } = {},
): OutboxItem {
  const { platform, account, payload_hash, approval, receipt, problem } = item;
  const { remote_id, url, remote_hash } = receipt ?? {};
  context.appendLedger({
    kind: `outbox.${item.state}`,
    subject: item.id,
    reason,
    evidence: {
      platform,
      account,
      payload_hash,
      approval,
      receipt: receipt && { remote_id, url, remote_hash },
      problem,
      note: evidence,
    },
    before: before?.state,
    after: item.state,
  });
  return item;
}

function fromStored(row: Stored): OutboxItem {
  const { owner_pid, owner_boot, payload, warnings, progress, receipt, problem, ...rest } = row;
  const what = `the outbox row ${JSON.stringify(row.id)}`;
  const item = intact(
    OutboxItem,
    {
      ...rest,
      payload: fromJson(payload),
      warnings: fromJson(warnings),
      progress: fromJson(progress),
      receipt: fromJson(receipt),
      problem: fromJson(problem),
      owner: owner_pid === null ? null : { pid: owner_pid, boot: owner_boot },
    },
    what,
  );
  // What was approved is the hash: another payload under it must never leave.
  if (hashValue(item.payload) !== item.payload_hash) throw damagedRow(what, "its payload does not match its hash");
  return item;
}
