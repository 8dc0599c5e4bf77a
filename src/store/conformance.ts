import { afterEach, beforeEach, describe } from "bun:test";
import { type Bench, START } from "./conformance/bench.ts";
import { documentPromises } from "./conformance/documents.ts";
import { importPromises } from "./conformance/imports.ts";
import { jobPromises } from "./conformance/jobs.ts";
import { ledgerPromises } from "./conformance/ledger.ts";
import { observationPromises } from "./conformance/observations.ts";
import { outboxPromises } from "./conformance/outbox.ts";
import { paidCallPromises } from "./conformance/paid-calls.ts";
import { taskPromises } from "./conformance/tasks.ts";
import { transactionPromises } from "./conformance/transactions.ts";
import { CAUSE } from "./local/testing/fixtures.ts";
import type { Store } from "./store.ts";

/** One empty project of a driver; `another` opens a second, independent store on it. */
export interface Subject {
  store: Store;
  another(): Store;
  dispose(): Promise<void>;
}

/** Every promise of the `Store` interface, checked against one driver. */
export function storeConformance(name: string, makeStore: (options: { now: () => Date }) => Promise<Subject>): void {
  describe(`${name}: the store interface`, () => {
    let clock = START;
    let subject: Subject;

    beforeEach(async () => {
      clock = START;
      subject = await makeStore({ now: () => new Date(clock) });
    });
    afterEach(() => subject.dispose());

    const bench: Bench = {
      get store() {
        return subject.store;
      },
      another: () => subject.another(),
      run: (work, store = subject.store) => store.transaction(CAUSE, work),
      pass: (ms) => {
        clock += ms;
      },
    };
    transactionPromises(bench);
    documentPromises(bench);
    taskPromises(bench);
    observationPromises(bench);
    importPromises(bench);
    jobPromises(bench);
    outboxPromises(bench);
    paidCallPromises(bench);
    ledgerPromises(bench);
  });
}
