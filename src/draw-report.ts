import type { DrawAnswer, DrawRequest } from "./drawing/report-thread.ts";

/** A thread of its own that draws reports one after the other, so that everything else stays responsive meanwhile. */
declare const self: Worker;

async function draw({ what, report }: DrawRequest): Promise<string | Uint8Array> {
  if (what === "page") return (await import("./features/reports/growth-html.ts")).renderGrowthPage(report);
  const [{ decisionChart }, { loadRasterizer }] = await Promise.all([
    import("./features/reports/charts/decision-chart.ts"),
    import("./drawing/rasterizer.ts"),
  ]);
  // Texts in scripts that the packaged font lacks (Chinese, Hindi …) are replaced by a sentence that says so.
  return (await loadRasterizer()).png(decisionChart(report, { anyScript: false }));
}

function answer(what: DrawAnswer): void {
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread has no origin
  self.postMessage(what);
}

self.addEventListener("message", ({ data }: MessageEvent<DrawRequest>) => {
  draw(data).then(
    (drawn) => answer({ id: data.id, drawn }),
    (error: unknown) => answer({ id: data.id, failed: error instanceof Error ? error.message : String(error) }),
  );
});
