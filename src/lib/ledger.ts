import { z } from "zod";
import { Actor } from "./actor.ts";
import { hashValue } from "./canonical.ts";

/** What a caller adds to the ledger; `kind` is `noun.verb`, `subject` names one thing of that noun. */
export interface LedgerEvent {
  kind: string;
  subject: string;
  reason?: string | undefined;
  evidence?: unknown;
  before?: unknown;
  after?: unknown;
}

/** One row of the append-only ledger; `hash` covers every other member, `prev` is the hash of the row before. */
export const LedgerRow = z.strictObject({
  seq: z.int().positive(),
  at: z.string(),
  kind: z.string(),
  subject: z.string(),
  actor: Actor,
  tool: z.string(),
  reason: z.string().optional(),
  evidence: z.unknown().optional(),
  before: z.unknown().optional(),
  after: z.unknown().optional(),
  prev: z.string(),
  hash: z.string(),
});
export type LedgerRow = z.infer<typeof LedgerRow>;

/** `prev` of the first row. */
export const GENESIS = "0".repeat(64);

/** The hash that a row with these members must carry. */
export function ledgerHash(row: Omit<LedgerRow, "hash">): string {
  return hashValue(row);
}

/** The end of the chain at some moment. */
export interface LedgerHead {
  seq: number;
  hash: string;
}

/** A head as reports carry it: `<seq>:<hash>`. */
export function formatHead({ seq, hash }: LedgerHead): string {
  return `${seq}:${hash}`;
}

/** The head that a report carries; undefined for any other text. */
export function parseHead(text: string): LedgerHead | undefined {
  const [, seq, hash] = /^(\d{1,15}):([0-9a-f]{64})$/.exec(text) ?? [];
  return seq === undefined || hash === undefined ? undefined : { seq: Number(seq), hash };
}

export type ChainCheck = { ok: true; head: string; rows: number } | { ok: false; seq: number; problem: string };

/** Walks rows in order of `seq` and names the first one that was changed, removed or inserted. */
export function verifyChain(rows: Iterable<LedgerRow>): ChainCheck {
  let head = GENESIS;
  let count = 0;
  for (const row of rows) {
    count += 1;
    if (row.seq !== count) return { ok: false, seq: count, problem: `row ${count} is missing` };
    if (row.prev !== head) return { ok: false, seq: row.seq, problem: "does not continue the row before it" };
    const { hash, ...rest } = row;
    if (ledgerHash(rest) !== hash) return { ok: false, seq: row.seq, problem: "its content does not match its hash" };
    head = hash;
  }
  return { ok: true, head, rows: count };
}
