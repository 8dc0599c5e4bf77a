import { AsyncLocalStorage } from "node:async_hooks";
import { OhmymktError } from "../errors.ts";
import { GENESIS, ledgerHash, type LedgerEvent, type LedgerRow } from "../lib/ledger.ts";
import { Calls } from "../store/local/calls.ts";
import type { Cause, Store, Transaction } from "../store/store.ts";
import { memoryArtifacts, memoryDocuments } from "./memory-documents.ts";
import type { MemoryProject, Scene } from "./memory-state.ts";
import { memoryJobs } from "./memory-jobs.ts";
import {
  memoryApprovals,
  memoryLedger,
  memoryObservations,
  memoryOutbox,
  memoryPaidCalls,
  memoryTasks,
} from "./memory-rows.ts";

interface MemoryOptions {
  now: () => Date;
  randomId?: () => string;
}

const inside = new AsyncLocalStorage<{ project: MemoryProject; open: boolean }>();
let counter = 0;

/** A store for tests that need many projects fast: the semantics of the embedded driver without disk and database. */
export function openMemoryStore(
  project: MemoryProject,
  { now, randomId = () => `memory${`${(counter += 1)}`.padStart(8, "0")}` }: MemoryOptions,
): Store {
  let closed = false;
  const inTurn = <T>(run: () => Promise<T>): Promise<T> => {
    const turn = project.queue.then(run, run);
    project.queue = turn.catch(() => undefined);
    return turn;
  };
  const refuseNested = (): void => {
    const frame = inside.getStore();
    if (frame?.open !== true || frame.project !== project) return;
    throw new OhmymktError(
      "internal",
      "a transaction was started inside a transaction on the same project; it would wait for itself",
    );
  };
  return {
    exists: async () => project.touched,
    async transaction<T>(cause: Cause, work: (tx: Transaction) => Promise<T>): Promise<T> {
      refuseNested();
      return inTurn(async () => {
        if (closed) throw new OhmymktError("internal", "the store is closed", { hint: "open it again" });
        project.touched = true;
        const frame = { project, open: true };
        const before = project.state.copy();
        project.sql.script("BEGIN");
        try {
          const result = await inside.run(frame, () => runScene(sceneOf(project, cause, now(), randomId), work));
          project.sql.script("COMMIT");
          return result;
        } catch (error) {
          if (project.sql.inTransaction) project.sql.script("ROLLBACK");
          project.state = before;
          throw error;
        } finally {
          frame.open = false;
        }
      });
    },
    async file(path): Promise<never> {
      throw new OhmymktError("not_found", `there is no file ${JSON.stringify(path)}: this project has no disk`);
    },
    async readText(): Promise<undefined> {
      return undefined;
    },
    async updateText(path): Promise<never> {
      throw new OhmymktError("storage", `${path} cannot be written: this project has no disk`);
    },
    async saveMedia(_folder, name): Promise<never> {
      throw new OhmymktError("storage", `could not keep ${JSON.stringify(name)}: this project has no disk`);
    },
    async close(): Promise<void> {
      refuseNested();
      await inTurn(async () => {
        closed = true;
      });
    },
  };
}

async function runScene<T>(scene: Scene, work: (tx: Transaction) => Promise<T>): Promise<T> {
  const calls = new Calls(() => true);
  try {
    return await work({
      now: scene.now,
      documents: calls.watch(memoryDocuments(scene)),
      artifacts: calls.watch(memoryArtifacts(scene)),
      tasks: calls.watch(memoryTasks(scene)),
      jobs: calls.watch(memoryJobs(scene)),
      observations: calls.watch(memoryObservations(scene)),
      approvals: calls.watch(memoryApprovals(scene)),
      outbox: calls.watch(memoryOutbox(scene)),
      paidCalls: calls.watch(memoryPaidCalls(scene)),
      ledger: calls.watch(memoryLedger(scene)),
    });
  } finally {
    await calls.end();
  }
}

function sceneOf({ state, sql, parsed }: MemoryProject, cause: Cause, at: Date, randomId: () => string): Scene {
  const now = at.toISOString();
  const append = (event: LedgerEvent): LedgerRow => {
    const { kind, subject, evidence, before, after } = event;
    const members = {
      kind,
      subject,
      actor: cause.actor,
      tool: cause.tool,
      reason: event.reason ?? cause.reason,
      evidence,
      before,
      after,
    };
    // What JSON drops is dropped before the hash, because a later reader hashes what was stored.
    const unsealed = JSON.parse(
      JSON.stringify({ seq: state.ledger.length + 1, at: now, ...members, prev: state.ledger.at(-1)?.hash ?? GENESIS }),
    ) as Omit<LedgerRow, "hash">;
    const row: LedgerRow = { ...unsealed, hash: ledgerHash(unsealed) };
    state.ledger.push(row);
    return row;
  };
  return { state, sql, parsed, cause, now, nowMs: at.getTime(), randomId, append };
}
