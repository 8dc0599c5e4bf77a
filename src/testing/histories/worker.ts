import type { GroundKind } from "./ground.ts";
import { runHistories } from "./run.ts";

/** One process of a large run: `worker.ts <memory|local> <seed> <from> <count>`; prints its tally as JSON, or the difference and exit code 1. */
const [kind = "memory", seed = "1", from = "0", count = "1"] = process.argv.slice(2);
try {
  const tally = await runHistories(kind as GroundKind, Number(seed), Number(from), Number(count));
  process.stdout.write(JSON.stringify(tally));
} catch (error) {
  process.stderr.write(error instanceof Error ? error.message : String(error));
  process.exit(1);
}
