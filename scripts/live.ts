import { LIVE_TESTS, liveStep } from "../src/testing/servers/live-tests.ts";
import { endSteps, runStep } from "../src/testing/run-step.ts";

/** Runs the tests of real servers, all or those whose path holds a given word; installs nothing but what npm brings into a cache below the temporary folder. */
const [word = ""] = process.argv.slice(2);
for (const signal of ["SIGINT", "SIGTERM"] as const) {
  process.once(signal, () => {
    endSteps();
    process.exit(signal === "SIGINT" ? 130 : 143);
  });
}
const chosen = LIVE_TESTS.filter(({ path }) => path.includes(word));
if (chosen.length === 0) {
  const paths = LIVE_TESTS.map(({ path }) => path).join(", ");
  console.error(`expected a part of ${paths}; got ${word}. Next: bun run live`);
  process.exit(2);
}
const total = { passed: 0, failed: 0 };
for (const live of chosen) {
  const missing = live.missing();
  if (missing !== undefined) {
    console.log(`Not run: ${live.path}, because ${missing}`);
    continue;
  }
  const { passed, failed } = await runStep(liveStep(live));
  total.passed += passed;
  total.failed += failed;
}
console.log(`${total.passed} passed, ${total.failed} failed`);
process.exitCode = total.failed === 0 && total.passed > 0 ? 0 : 1;
