import { z } from "zod";
import { rowHash, rowText, seriesText } from "../../../lib/observation-hash.ts";
import { observationId } from "../../../lib/observation-ids.ts";
import type { ObservationCheck } from "../../observations.ts";
import { BatchHash } from "./batch.ts";
import { batchName, type ObservationContext } from "./context.ts";
import type { StoredSeries } from "./series.ts";

interface StoredBatch {
  id: number;
  first_seq: number;
  last_seq: number;
  hash: string | null;
}

interface StoredRow {
  series: number;
  observed_at: number;
  seq: number;
  value: number | null;
  trend: string | null;
  final: number;
  batch: number;
  row_hash: number | null;
}

type Problem = Extract<ObservationCheck, { ok: false }>;

const Sealed = z.object({ first_seq: z.int(), last_seq: z.int(), hash: z.string() });

/** Walks all rows in order of recording; the batches against the ledger, the rows against their batches. */
export function verifyObservations(context: ObservationContext): ObservationCheck {
  const { sql } = context;
  const batches = sql.all<StoredBatch>(`SELECT id, first_seq, last_seq, hash FROM batch ORDER BY first_seq, id`);
  const seals = new Map(
    [...context.seals()].map(({ subject, evidence }) => [subject, Sealed.safeParse(evidence).data]),
  );
  const rows = sql.each<StoredRow>(
    `SELECT series, observed_at, seq, value, trend, final, batch, row_hash FROM observation ORDER BY seq`,
  );
  const textOf = seriesTexts(context);
  let [sealed, unsealed, next] = [0, 0, rows.next()];
  try {
    for (const batch of batches) {
      const hash = new BatchHash();
      const open = batch.hash === null && !seals.has(batchName(batch.id));
      for (let seq = batch.first_seq; seq <= batch.last_seq; seq += 1) {
        // Rows from before there were hashes are not counted one by one: their numbers may lie between each other's.
        if (open) {
          if (next.done !== true && next.value.row_hash === null && next.value.seq === seq) {
            unsealed += 1;
            next = rows.next();
          }
          continue;
        }
        const row = next.done === true ? undefined : next.value;
        const text = row && textOf(row);
        const problem = rowFault(batch, seq, row, text);
        if (problem !== undefined) return problem;
        hash.add(seq, text ?? "");
        sealed += 1;
        next = rows.next();
      }
      const problem = open ? undefined : batchFault(batch, hash.end(), seals.get(batchName(batch.id)));
      if (problem !== undefined) return problem;
      seals.delete(batchName(batch.id));
    }
    if (next.done !== true) return fault(next.value.batch, "was added without a batch", next.value);
  } finally {
    rows.return(undefined);
  }
  const [lost] = seals.keys();
  if (lost !== undefined) return { ok: false, batch: lost, problem: "is missing: the ledger has recorded it" };
  return { ok: true, rows: sealed + unsealed, batches: batches.length, unsealed };
}

function rowFault(
  batch: StoredBatch,
  seq: number,
  row: StoredRow | undefined,
  text: string | undefined,
): Problem | undefined {
  if (row?.seq !== seq)
    return fault(batch.id, `row ${seq} is missing: ${batch.first_seq} to ${batch.last_seq} were recorded`);
  if (row.batch !== batch.id) return fault(batch.id, `row ${seq} was moved to another batch`, row);
  if (text === undefined || rowHash(text) !== row.row_hash)
    return fault(batch.id, `row ${seq} does not match its hash`, row);
  return undefined;
}

function batchFault(
  { id, first_seq, last_seq, hash }: StoredBatch,
  computed: string,
  seal: z.infer<typeof Sealed> | undefined,
): Problem | undefined {
  if (computed !== hash) return fault(id, "its rows do not match its hash");
  if (seal === undefined) return fault(id, "was added: the ledger has no row of it");
  if (seal.hash !== hash || seal.first_seq !== first_seq || seal.last_seq !== last_seq)
    return fault(id, "is not the batch that the ledger has recorded");
  return undefined;
}

function fault(batch: number, problem: string, row?: StoredRow): Problem {
  const observation = row && observationId({ series: row.series, observedAt: row.observed_at, seq: row.seq });
  return { ok: false, batch: batchName(batch), ...(observation === undefined ? {} : { observation }), problem };
}

/** The hashed text of rows; each series is read once. */
function seriesTexts({ sql }: ObservationContext): (row: StoredRow) => string | undefined {
  const known = new Map<number, string | undefined>();
  return (row) => {
    if (!known.has(row.series)) {
      const series = sql.get<StoredSeries>(`SELECT * FROM series WHERE id = ?`, row.series);
      known.set(row.series, series && seriesText(series));
    }
    const series = known.get(row.series);
    const { observed_at: observedAt, value, trend, final } = row;
    return series === undefined ? undefined : rowText(series, { observedAt, value, trend, final: final === 1 });
  };
}
