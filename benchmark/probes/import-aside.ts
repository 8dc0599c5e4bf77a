import { basename, dirname } from "node:path";
import { DEFAULT_CONFIG } from "../../src/config.ts";
import { importAside } from "../../src/features/measurement/import-aside.ts";

/** Lets another process import a file, as a host does, and prints by how much this one's resident memory grew at most, and what was stored. */
const path = process.argv[2] ?? "";
Bun.gc(true);
const before = process.memoryUsage.rss();
let most = before;
const looking = setInterval(() => (most = Math.max(most, process.memoryUsage.rss())), 5);
const { outcome } = await importAside(process.env)(
  {
    directory: dirname(path),
    file: basename(path),
    options: { format: "auto", today: "2026-11-01" },
    settings: DEFAULT_CONFIG,
    dryRun: false,
    cause: { actor: { host: "library" }, tool: "benchmark" },
  },
  new AbortController().signal,
);
clearInterval(looking);
console.log(JSON.stringify({ growth: most - before, rows: outcome?.stored ?? 0 }));
