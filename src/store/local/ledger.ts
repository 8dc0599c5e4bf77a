import {
  type ChainCheck,
  GENESIS,
  type LedgerEvent,
  type LedgerHead,
  ledgerHash,
  type LedgerRow,
  verifyChain,
} from "../../lib/ledger.ts";
import { OhmymktError } from "../../errors.ts";
import type { Ledger } from "../store.ts";
import { type Context, withoutNulls } from "./context.ts";
import type { Sql } from "./sql.ts";
import { page, prefixEnd, Where } from "./where.ts";

/** A row of the ledger as the database holds it. */
export interface StoredLedgerRow {
  seq: number;
  at: string;
  kind: string;
  subject: string;
  actor: string;
  tool: string;
  reason: string | null;
  evidence: string | null;
  before: string | null;
  after: string | null;
  prev: string;
  hash: string;
}

/** Appends one row that continues the chain; the row as it will be read back. */
export function appendLedger({ sql, cause, now }: Context, event: LedgerEvent): LedgerRow {
  const head = ledgerHead(sql);
  const unsealed = asJson({
    seq: head.seq + 1,
    at: now,
    kind: event.kind,
    subject: event.subject,
    actor: cause.actor,
    tool: cause.tool,
    reason: event.reason ?? cause.reason,
    evidence: event.evidence,
    before: event.before,
    after: event.after,
    prev: head.hash,
  });
  const row: LedgerRow = { ...unsealed, hash: ledgerHash(unsealed) };
  sql.run(
    `INSERT INTO ledger(seq, at, kind, subject, actor, tool, reason, evidence, before, after, prev, hash) VALUES(?,?,?,?,?,?,?,?,?,?,?,?)`,
    row.seq,
    row.at,
    row.kind,
    row.subject,
    JSON.stringify(row.actor),
    row.tool,
    row.reason ?? null,
    jsonOrNull(row.evidence),
    jsonOrNull(row.before),
    jsonOrNull(row.after),
    row.prev,
    row.hash,
  );
  sql.run(
    `INSERT INTO ledger_head(one, seq, hash) VALUES(1,?,?) ON CONFLICT(one) DO UPDATE SET seq = excluded.seq, hash = excluded.hash`,
    row.seq,
    row.hash,
  );
  return row;
}

export function createLedger(context: Context): Ledger {
  const { sql } = context;
  return {
    append: async (event) => appendLedger(context, event),
    latest: async (kind, subject) => {
      const row = sql.get<StoredLedgerRow>(
        `SELECT * FROM ledger WHERE kind = ? AND subject = ? ORDER BY seq DESC LIMIT 1`,
        kind,
        subject,
      );
      return row && storedLedgerRow(row);
    },
    list: async (filter = {}) => {
      const where = new Where();
      if (filter.kind?.endsWith("*")) {
        const prefix = filter.kind.slice(0, -1);
        where.and("kind >= ? AND kind < ?", prefix, prefixEnd(prefix));
      } else where.equal("kind", filter.kind);
      where.equal("subject", filter.subject);
      if (filter.from !== undefined) where.and("at >= ?", instant(filter.from));
      if (filter.to !== undefined) where.and("at <= ?", instant(filter.to));
      return sql
        .all<StoredLedgerRow>(
          `SELECT * FROM ledger ${where.text} ORDER BY seq DESC LIMIT ? OFFSET ?`,
          ...where.params,
          ...page(filter),
        )
        .map(storedLedgerRow);
    },
    head: async () => ledgerHead(sql),
    verify: async (expected) => verifyLedger(sql, expected),
  };
}

/** What was recorded of every batch of observations. */
export function* observationSeals(sql: Sql): Generator<{ subject: string; evidence?: unknown }> {
  const sealing = sql.each<{ subject: string; evidence: string | null }>(
    `SELECT subject, evidence FROM ledger WHERE kind IN('observations.stated', 'observations.imported')`,
  );
  for (const { subject, evidence } of sealing)
    yield { subject, ...(evidence === null ? {} : { evidence: parse(evidence) }) };
}

function ledgerHead(sql: Sql): { seq: number; hash: string } {
  return sql.get<{ seq: number; hash: string }>(`SELECT seq, hash FROM ledger_head`) ?? { seq: 0, hash: GENESIS };
}

/** Walks the chain without holding it in memory, then compares it with the recorded head and with heads kept elsewhere. */
function verifyLedger(sql: Sql, expected: readonly LedgerHead[] = []): ChainCheck {
  const result = verifyChain(rows(sql));
  if (!result.ok) return result;
  for (const head of [ledgerHead(sql), ...expected.toSorted((a, b) => a.seq - b.seq)]) {
    if (head.seq > result.rows)
      return {
        ok: false,
        seq: result.rows + 1,
        problem: `row ${result.rows + 1} is missing: ${head.seq} rows were expected`,
      };
    const hash =
      head.seq === 0 ? GENESIS : sql.get<{ hash: string }>(`SELECT hash FROM ledger WHERE seq = ?`, head.seq)?.hash;
    if (hash !== head.hash)
      return {
        ok: false,
        seq: head.seq,
        problem: "is not the row that was recorded as the head: it, or a row before it, was rewritten",
      };
  }
  const last = ledgerHead(sql);
  if (last.seq < result.rows) return { ok: false, seq: last.seq + 1, problem: "was added without the recorded head" };
  return result;
}

function* rows(sql: Sql): Generator<LedgerRow> {
  for (const row of sql.each<StoredLedgerRow>(`SELECT * FROM ledger ORDER BY seq`)) yield storedLedgerRow(row);
}

/** The row that a stored one stands for. */
export function storedLedgerRow(row: StoredLedgerRow): LedgerRow {
  const { actor, evidence, before, after, ...rest } = row;
  return {
    ...withoutNulls(rest),
    actor: parse(actor) as LedgerRow["actor"],
    ...(evidence === null ? {} : { evidence: parse(evidence) }),
    ...(before === null ? {} : { before: parse(before) }),
    ...(after === null ? {} : { after: parse(after) }),
  };
}

/** Text that is no longer JSON stays text, so that verifying names the row instead of failing. */
function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/** What JSON keeps of the row, because that is what a later reader hashes. */
function asJson(row: Omit<LedgerRow, "hash">): Omit<LedgerRow, "hash"> {
  return JSON.parse(JSON.stringify(row)) as Omit<LedgerRow, "hash">;
}

function jsonOrNull(value: unknown): string | null {
  return value === undefined ? null : JSON.stringify(value);
}

/** Any ISO instant in the form that the ledger stores. */
export function instant(text: string): string {
  const ms = Date.parse(text);
  if (!Number.isNaN(ms)) return new Date(ms).toISOString();
  throw new OhmymktError(
    "invalid_arguments",
    `expected an ISO 8601 time such as 2026-02-01T09:00:00Z, got ${JSON.stringify(text)}`,
    {
      hint: "repeat the call with a full date and time in UTC",
    },
  );
}
