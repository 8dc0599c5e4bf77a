import { expect, test } from "bun:test";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { sampleExports } from "../../features/metric-imports/testing/sample-exports.ts";
import { openStore } from "../../store/open.ts";
import { childrenWith } from "../../testing/process-list.ts";
import { testWorld } from "../../testing/provider-world.ts";
import { makeWorkspace } from "../../testing/temp-workspace.ts";
import { runTool } from "./run-tool.ts";

test("an import does not happen in the host's own process", async () => {
  using workspace = makeWorkspace();
  const { directory } = workspace;
  writeFileSync(join(directory, "gsc.csv"), sampleExports().gscDaily);
  const store = openStore({ directory, sync: "off" });
  let seen = 0;
  const clock = setInterval(() => (seen = Math.max(seen, childrenWith("import.ts").length)), 5);
  const { text } = await runTool(
    "ohmymkt_import_metrics",
    { file: "gsc.csv" },
    {
      store,
      directory,
      actor: { host: "opencode", agent: "growth-analyst", session: "ses_1" },
      signal: new AbortController().signal,
      policy: { allows: () => ({ ok: true }), delegates: () => undefined },
      team: [],
      world: testWorld(),
      oneShot: false,
      ask: async () => undefined,
    },
  );
  clearInterval(clock);
  await store.close();
  expect(text).toContain("Imported gsc.csv: gsc from gsc");
  expect(seen).toBe(1);
});
