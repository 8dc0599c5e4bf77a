import { z } from "zod";
import { join } from "node:path";
import { opencodeBinary } from "../src/testing/host-process.ts";
import { startMailServer } from "../src/testing/mail-server.ts";
import { startPds } from "../src/testing/pds.ts";
import { png } from "../src/testing/media-files.ts";
import { makeWorkspace } from "../src/testing/temp-workspace.ts";
import { writeSampleData } from "../src/testing/sample-data.ts";
import { startedBench } from "../src/testing/tool-bench.ts";
import { writeDailyQueries } from "./support/exports.ts";
import { printBars } from "./support/figures.ts";

/** How long does any tool keep the host's event loop from turning? The built plugin on the host's own Bun, in a project with two large exports and a thousand deliveries that a P0 holds; first calls load code, later ones do not. */
const LIMIT_MS = 50;
const EXPORTED_ROWS = 100_000;
const UNSENT = 1000;
const Rows = z.array(
  z.object({ tool: z.string(), first: z.number(), later: z.number(), error: z.string().optional() }),
);

using workspace = makeWorkspace();
const { directory } = workspace;
const bench = await startedBench({ directory, now: Date.now() });
writeSampleData(directory, new Date().toISOString());
// Each row of the first about another query, which makes 400,000 series; 90 days of the same queries in the second.
for (const [name, queries] of [
  ["large-1.csv", EXPORTED_ROWS],
  ["large-2.csv", Math.floor(EXPORTED_ROWS / 90)],
] as const)
  writeDailyQueries(join(directory, "exports", name), EXPORTED_ROWS, queries);
await bench.store.transaction({ actor: { host: "cli" }, tool: "loop-lag" }, async (tx) => {
  for (let n = 0; n < UNSENT; n += 1) {
    const { id } = await tx.outbox.add({
      batch: `batch-${n}`,
      platform: "bluesky",
      account: "me.example",
      class: "content",
      payload: { text: `Post ${n} of a long campaign`, media: [], wire: {} },
      warnings: [],
      setting_hash: "s",
      requested_by: "lead (cli)",
      not_before: "2099-01-01T00:00:00Z",
    });
    await tx.outbox.transition(id, "approved", { approval: `apr-${n}` });
    await tx.outbox.transition(id, "scheduled");
  }
});
await bench.store.close();
const pds = await startPds();
const mail = await startMailServer();
/** As large as models draw them. */
const picture = Buffer.concat([png(1024, 1024), Buffer.alloc(2_000_000, "a desk")]);
const images = Bun.serve({
  port: 0,
  hostname: "127.0.0.1",
  fetch: () => Response.json({ data: [{ b64_json: picture.toString("base64") }] }),
});
const root = join(import.meta.dir, "..");
const built = Bun.spawnSync([process.execPath, join(root, "scripts/build.ts")], { cwd: root });
if (!built.success) throw new Error(built.stderr.toString());

const child = Bun.spawn(
  [opencodeBinary(), join(import.meta.dir, "probes/loop-lag.ts"), join(root, "dist/index.js"), directory],
  {
    env: {
      ...process.env,
      BUN_BE_BUN: "1",
      BLUESKY_APP_PASSWORD: pds.password,
      OHMYMKT_ALLOW_PRIVATE_ADDRESSES: "1",
      PDS_URL: pds.url,
      PDS_HANDLE: pds.handle,
      MAIL_URL: mail.url,
      IMAGES_URL: `${images.url.href}v1`,
    },
    stdout: "pipe",
    stderr: "inherit",
  },
);
const rows = Rows.parse(JSON.parse(await new Response(child.stdout).text()));
await pds.close();
await mail.close();
await images.stop(true);
console.table(rows);
const slowest = (member: "first" | "later"): number => Math.max(...rows.map((row) => row[member]));
printBars([
  { what: "longest stall of a later call, ms", figure: slowest("later"), most: LIMIT_MS },
  { what: "longest stall of a first call, ms", figure: slowest("first"), most: LIMIT_MS },
]);
