import { afterEach, beforeEach, describe } from "bun:test";
import { composePromises } from "./conformance/composing.ts";
import { failurePromises } from "./conformance/failures.ts";
import { retractPromises } from "./conformance/retracting.ts";
import { sendPromises } from "./conformance/sending.ts";
import { oncePromises } from "./conformance/sending-once.ts";
import { assertNoSecret } from "./conformance/secrets.ts";
import { type Bench, makeBench } from "./testing/bench.ts";
import type { AdapterSubject } from "./testing/subject.ts";

/** Every promise of `PublishAdapter`, checked against one adapter and a server that speaks its wire format. After each test, nothing that came out may hold a key. */
export function describeAdapter<Options>(subject: AdapterSubject<Options>): void {
  describe(`${subject.name}: a publish adapter`, () => {
    let bench: Bench;
    beforeEach(async () => {
      bench = makeBench(subject, await subject.start());
    });
    afterEach(async () => {
      await bench.server.close();
      assertNoSecret(subject.adapter.spec, bench);
    });
    const now = (): Bench => bench;
    composePromises(subject, now);
    sendPromises(subject, now);
    oncePromises(subject, now);
    failurePromises(subject, now);
    retractPromises(subject, now);
  });
}
