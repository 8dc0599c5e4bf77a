import { dirname } from "node:path";
import { DEFAULT_CONFIG } from "../../src/config.ts";
import { importMetrics, importOptions } from "../../src/features/measurement/import-metrics.ts";
import { openStore } from "../../src/store/open.ts";

/** Imports a file of a project in a process of its own and prints by how much its resident memory grew at most, and what was stored. */
const path = process.argv[2] ?? "";
Bun.gc(true);
const before = process.memoryUsage.rss();
let most = before;
const look = (): void => void (most = Math.max(most, process.memoryUsage.rss()));
const looking = setInterval(look, 5);
const now = new Date("2026-11-01T00:00:00.000Z");
const store = openStore({ directory: dirname(path), now: () => now });
const file = await store.file(path);
const { outcome } = await importMetrics(
  file,
  importOptions({ format: "auto" }, now.toISOString(), DEFAULT_CONFIG),
  DEFAULT_CONFIG,
  {
    dryRun: false,
    signal: new AbortController().signal,
    async transact(work) {
      const done = await store.transaction({ actor: { host: "library" }, tool: "benchmark" }, work);
      look();
      return done;
    },
  },
);
clearInterval(looking);
await store.close();
console.log(JSON.stringify({ growth: most - before, rows: outcome?.stored ?? 0 }));
