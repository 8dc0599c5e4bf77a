import { createHash, type Hash } from "node:crypto";
import { rowHash, rowText, type RowContent } from "../../../lib/observation-hash.ts";
import type { ImportedFile, ImportOutcome } from "../../observations.ts";
import type { Sql } from "../sql.ts";
import { batchName, type ObservationContext } from "./context.ts";
import type { OpenSeries } from "./series.ts";

/** Texts that are hashed in one go. */
const HASHED_AT_ONCE = 1000;

/** The running hash over the rows of a batch, each with its number, in order of recording. */
export class BatchHash {
  readonly #hash: Hash = createHash("sha256");
  #waiting: string[] = [];

  add(seq: number, text: string): void {
    this.#waiting.push(`${seq} ${text}\n`);
    if (this.#waiting.length === HASHED_AT_ONCE) this.#flush();
  }

  /** Lower-case hex; nothing can be added afterwards. */
  end(): string {
    this.#flush();
    return this.#hash.digest("hex");
  }

  #flush(): void {
    this.#hash.update(this.#waiting.join(""));
    this.#waiting = [];
  }
}

/** The sequence number of the newest row, 0 without any. */
export function lastSeq(sql: Sql): number {
  return sql.get<{ seq: number | null }>(`SELECT max(last_seq) AS seq FROM batch`)?.seq ?? 0;
}

/** One batch while it is written: its rows first, then the batch itself and the ledger row that seals it. */
export class OpenBatch {
  readonly id: number;
  readonly #context: ObservationContext;
  readonly #before: number;
  #seq: number;
  readonly #hash = new BatchHash();

  constructor(context: ObservationContext) {
    this.#context = context;
    this.id = (context.sql.get<{ id: number | null }>(`SELECT max(id) AS id FROM batch`)?.id ?? 0) + 1;
    this.#before = lastSeq(context.sql);
    this.#seq = this.#before;
  }

  /** How many rows it has. */
  get stored(): number {
    return this.#seq - this.#before;
  }

  /** Writes a row; its sequence number. */
  add(series: OpenSeries, row: RowContent): number {
    const seq = (this.#seq += 1);
    const text = rowText(series.text, row);
    this.#context.sql.run(
      `INSERT INTO observation(series, observed_at, seq, value, trend, final, batch, row_hash) VALUES(?,?,?,?,?,?,?,?)`,
      series.id,
      row.observedAt,
      seq,
      row.value,
      row.trend,
      row.final ? 1 : 0,
      this.id,
      rowHash(text),
    );
    this.#hash.add(seq, text);
    if (row.observedAt < series.low) series.low = row.observedAt;
    if (row.observedAt > series.high) series.high = row.observedAt;
    return seq;
  }

  /** Closes a batch of statements by hand. */
  endStated(): void {
    const seal = this.#end(undefined, { rows: this.stored, known: 0, revised: 0 });
    this.#context.appendLedger({ kind: "observations.stated", subject: batchName(this.id), evidence: seal });
  }

  /** Closes a batch of a file's rows. */
  endImported(file: ImportedFile, counts: Omit<ImportOutcome, "batch" | "stored"> & { rows: number }): void {
    const seal = this.#end(file, counts);
    this.#context.appendLedger({
      kind: "observations.imported",
      subject: batchName(this.id),
      evidence: { ...file, ...counts, ...seal },
    });
  }

  #end(
    file: ImportedFile | undefined,
    { rows, known, revised }: { rows: number; known: number; revised: number },
  ): { stored: number; first_seq: number; last_seq: number; hash: string } {
    const { sql, nowMs, cause } = this.#context;
    const seal = { stored: this.stored, first_seq: this.#before + 1, last_seq: this.#seq, hash: this.#hash.end() };
    sql.run(
      `INSERT INTO batch(id, recorded_at, actor, tool, first_seq, last_seq, rows, stored, known, revised, file, sha256, format, source, timezone, part, hash)
       VALUES(?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)`,
      this.id,
      nowMs,
      JSON.stringify(cause.actor),
      cause.tool,
      seal.first_seq,
      seal.last_seq,
      rows,
      seal.stored,
      known,
      revised,
      file?.file ?? null,
      file?.sha256 ?? null,
      file?.format ?? null,
      file?.source ?? null,
      file?.timezone ?? null,
      file === undefined ? null : (file.part ?? 0),
      seal.hash,
    );
    return seal;
  }
}
