import { join } from "node:path";
import { drawReportDecision } from "../src/drawing/report-thread.ts";
import { ASPECTS } from "../src/providers/video-template/aspects.ts";
import { builtin } from "../src/providers/video-template/builtin.ts";
import { TEMPLATES } from "../src/providers/video-template/templates.ts";
import { worstLag } from "../src/testing/loop-lag.ts";
import { SAMPLE_REPORTS } from "../src/testing/sample-report.ts";
import { makeWorkspace } from "../src/testing/temp-workspace.ts";

/** How long does a film of 3 s take, and how long is the event loop of the process that asked for it blocked at worst? Needs ffmpeg. */
const SECONDS = 3;

using workspace = makeWorkspace();
const { directory } = workspace;
const rows: Record<string, string>[] = [];

await row("nothing, for one second", "", () => Bun.sleep(1000));
for (const { id, example } of TEMPLATES)
  for (const aspect of ["16:9", "1:1"] as const)
    await row(`${id} ${ASPECTS[aspect].width} × ${ASPECTS[aspect].height}, ${SECONDS} s`, "10 s, 50 ms", () =>
      builtin.render(
        {
          template: id,
          props: example,
          aspect,
          durationSec: SECONDS,
          files: new Map(),
          output: join(directory, "film.mp4"),
          signal: new AbortController().signal,
        },
        { directory, env: process.env },
      ),
    );
await row("decision chart of a report", "50 ms", () => drawReportDecision(SAMPLE_REPORTS.intervene));
console.table(rows);

async function row(what: string, limit: string, work: () => Promise<unknown>): Promise<void> {
  let took = 0;
  const lag = await worstLag(async () => {
    const started = performance.now();
    await work();
    took = performance.now() - started;
  });
  rows.push({ what, took: `${(took / 1000).toFixed(2)} s`, "loop blocked at worst": `${lag.toFixed(1)} ms`, limit });
}
