import { expect, test } from "bun:test";
import type { Bench } from "../testing/bench.ts";
import { type AdapterSubject, FAULTS, type Fault } from "../testing/subject.ts";

/** A test that needs a fault; where the server cannot do it, the title says why, and the server itself is asked to say so. */
export function faultTest<Options>(
  subject: AdapterSubject<Options>,
  fault: Fault | "cut_any_request",
  title: string,
  bench: () => Bench,
  body: (bench: Bench) => Promise<void>,
  timeoutMs = 20_000,
): void {
  const why = subject.cannot?.[fault];
  if (why === undefined) return test(`${fault}: ${title}`, () => body(bench()), timeoutMs);
  test(`${fault}: not tried, because ${why}`, () => {
    const asked = FAULTS.find((one) => one === fault);
    if (asked) expect(() => bench().server.inject(asked)).toThrow(why);
  });
}
