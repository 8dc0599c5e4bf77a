import { z } from "zod";
import { template } from "../../assets.ts";
import { ActionTemplate } from "../../lib/actions.ts";
import { NO_CAMPAIGN, EXECUTION_DOCUMENT, type Execution } from "../../lib/campaign.ts";
import { type CycleEntry, CYCLES_DOCUMENT, type Cycles, EntryDecision } from "../../lib/cycle.ts";
import { Gates, GATES_DOCUMENT } from "../../lib/gates.ts";
import { Metrics, METRICS_DOCUMENT } from "../../lib/metrics.ts";
import { Modules, MODULES_DOCUMENT } from "../../lib/modules.ts";
import { TaskPoolTemplate, type PoolTask } from "../../lib/sprint-board.ts";
import type { Document } from "../../lib/documents.ts";
import type { Transaction } from "../../store/store.ts";
import { CYCLE_DECIDED } from "./decision-record.ts";

function parsed<T>(path: string, schema: z.ZodType<T>): T {
  return schema.parse(JSON.parse(template(path)));
}

/** The 40 tasks of the sprint template. */
export function taskPool(): PoolTask[] {
  return parsed("task-pool-40.json", TaskPoolTemplate).tasks;
}

/** The action lines that cycles draw from. */
export function actionTemplates(): z.infer<typeof ActionTemplate>[] {
  return parsed(
    "cycle-actions.json",
    z.strictObject({ schema_version: z.literal(1), actions: z.array(ActionTemplate) }),
  ).actions;
}

/** The document, or its template while the file never existed; `seed` writes the template so that people can see and edit it. */
async function readOr<T>(tx: Transaction, document: Document<T>, fallback: () => T, seed: boolean): Promise<T> {
  const found = await tx.documents.read(document);
  if (found !== undefined) return found;
  if (seed) return (await tx.documents.write(document, fallback(), { reason: "seeded from the template" })).value;
  return fallback();
}

export const readGates = (tx: Transaction, seed = false): Promise<Gates> =>
  readOr(tx, GATES_DOCUMENT, () => parsed("gates.template.json", Gates), seed);

export const readMetrics = (tx: Transaction, seed = false): Promise<Metrics> =>
  readOr(tx, METRICS_DOCUMENT, () => parsed("metrics.template.json", Metrics), seed);

export const readModules = (tx: Transaction, seed = false): Promise<Modules> =>
  readOr(tx, MODULES_DOCUMENT, () => parsed("modules.template.json", Modules), seed);

export const readExecution = (tx: Transaction): Promise<Execution> =>
  readOr(tx, EXECUTION_DOCUMENT, () => NO_CAMPAIGN, false);

/** The cycles with their decisions as the ledger recorded them: what a hand wrote over one in the file does not count. */
export async function readCycles(tx: Transaction, seed = false): Promise<Cycles> {
  const { cycles, ...rest } = await readOr<Cycles>(
    tx,
    CYCLES_DOCUMENT,
    () => ({ schema_version: 1, cycles: [] }),
    seed,
  );
  const recorded = await Promise.all(
    cycles.map(async (entry): Promise<CycleEntry> => ({ ...entry, ...(await recordedDecision(tx, entry.id)) })),
  );
  return { ...rest, cycles: recorded };
}

/** What the ledger says that a cycle decided; undefined where it has no row, as after a clone of the files alone. */
export async function recordedDecision(tx: Transaction, cycle: string): Promise<EntryDecision | undefined> {
  return EntryDecision.safeParse((await tx.ledger.latest(CYCLE_DECIDED, cycle))?.after).data;
}
