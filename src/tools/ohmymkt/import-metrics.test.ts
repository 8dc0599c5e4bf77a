import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { DEFAULT_CONFIG, type Config } from "../../config.ts";
import { sampleExports } from "../../features/metric-imports/testing/sample-exports.ts";
import type { SampleShape } from "../../features/metric-imports/testing/sample-series.ts";
import { makeWorkspace, type Workspace } from "../../testing/temp-workspace.ts";
import { toolBench, type ToolBench } from "../../testing/tool-bench.ts";
import type { ImportReport } from "../../features/measurement/import-metrics.ts";
import type { SignalReading } from "../../lib/trends.ts";

const MEASUREMENT: Config["measurement"] = { ...DEFAULT_CONFIG.measurement, brand_pattern: "fieldwise" };
const MAP = `query,cluster,priority,owner,url
field service software,software,yes,intent-ops,/
job scheduling app,scheduling,yes,intent-ops,/scheduling
dispatch board template,dispatch,yes,content-ops,/blog/dispatch-board
technician route planner,routing,yes,intent-ops,
`;

let workspace: Workspace;
let bench: ToolBench;

beforeEach(() => {
  workspace = makeWorkspace();
  bench = open();
});
afterEach(async () => {
  await bench.store.close();
  workspace.dispose();
});

/** Sunday evening after the last day of the samples. */
function open(measurement: Partial<Config["measurement"]> = {}): ToolBench {
  return toolBench({
    directory: workspace.directory,
    now: Date.parse("2026-10-20T18:00:00.000Z"),
    config: { measurement: { ...MEASUREMENT, ...measurement } },
  });
}
function put(path: string, content: string | Uint8Array): void {
  const full = join(workspace.directory, path);
  mkdirSync(dirname(full), { recursive: true });
  writeFileSync(full, content);
}
const analyst = async (args: object): Promise<ImportReport & { readings: SignalReading[] }> =>
  (await bench.call("import_metrics", args, "growth-analyst")).value as ImportReport & { readings: SignalReading[] };
async function importAll(shape: Partial<SampleShape> = {}): Promise<void> {
  const samples = sampleExports(shape);
  put(".ohmymkt/research/query-map.csv", MAP);
  for (const [path, content] of [
    ["exports/gsc.csv", samples.gscDaily],
    ["exports/channels.csv", samples.ga4Channels],
    ["exports/pages.csv", samples.ga4Pages],
  ] as const) {
    put(path, content);
    await analyst({ file: path });
  }
}
const signal = async (metric: string) =>
  bench.look((tx) => tx.observations.series({ metric, scope: "", from: "2026-01-01", to: "2026-12-31" }));

describe("an import", () => {
  test("is shown before anything is stored", async () => {
    put("gsc.zip", sampleExports().gscZip);
    const text = await bench.text("import_metrics", { file: "gsc.zip", dry_run: true }, "growth-analyst");
    expect(text).toContain("Dry run, nothing stored: gsc.zip: gsc from gsc, 2026-07-27 to 2026-10-18");
    expect(await bench.look((tx) => tx.observations.lastSeq())).toBe(0);
  });

  test("stores every value once, however often it is repeated", async () => {
    put("gsc.zip", sampleExports().gscZip);
    const first = await analyst({ file: "gsc.zip" });
    expect(first.outcome?.stored).toBe(first.summary.values);
    const seq = await bench.look((tx) => tx.observations.lastSeq());
    const again = await analyst({ file: "gsc.zip" });
    expect(again.outcome).toEqual({ stored: 0, known: first.summary.values, revised: 0 });
    expect(await bench.look((tx) => tx.observations.lastSeq())).toBe(seq);
  });

  test("computes the four signals from daily tables by their formulas", async () => {
    await importAll();
    const [visibility] = await signal("non_brand_visibility");
    const rows = sampleExports()
      .gscDaily.trim()
      .split("\n")
      .slice(1)
      .filter((row) => row.startsWith("2026-09-01,"));
    const impressions = rows.filter((row) => !row.includes("fieldwise,") && !row.includes("fieldwise pricing"));
    const sum = impressions.reduce((total, row) => total + Number(row.split(",").at(-3)), 0);
    expect(visibility).toMatchObject({ source: "gsc", track: "visibility_track", unit: "count" });
    expect(visibility?.points).toHaveLength(84);
    expect(visibility?.points.find(({ day }) => day === "2026-09-01")).toMatchObject({ value: sum });
    // Found on page one: "software" and "dispatch" of four priority clusters, "routing" too.
    const [coverage] = await signal("query_cluster_coverage");
    expect(coverage?.points[0]).toMatchObject({ value: 0.75 });
    const [intent] = await signal("high_intent_session");
    const [assist] = await signal("conversion_assist");
    expect([intent?.source, assist?.source, assist?.points.length]).toEqual(["ga4", "ga4", 84]);
  });

  test("estimates non-brand visibility from the zip of the interface, and replaces the estimate by daily rows", async () => {
    const samples = sampleExports();
    put("gsc.zip", samples.gscZip);
    await analyst({ file: "gsc.zip" });
    const [estimated] = await signal("non_brand_visibility");
    expect(estimated?.points).toHaveLength(84);
    expect(estimated?.points.every(({ final }) => !final)).toBe(true);
    put("gsc.csv", samples.gscDaily);
    await analyst({ file: "gsc.csv" });
    const [exact] = await signal("non_brand_visibility");
    expect(exact?.points[0]?.final).toBe(true);
    expect(exact?.points[0]?.value).not.toBe(estimated?.points[0]?.value);
  });

  test("a later table with fewer dimensions and fewer days does not hide the days of the first", async () => {
    await importAll();
    const [day, ...rest] = [
      "2026-10-18",
      "field service software,900,9000,0.1,4",
      "job scheduling app,1,1000,0.001,12",
    ];
    put(
      "exports/day.csv",
      `date,query,clicks,impressions,ctr,position\n${rest.map((row) => `${day},${row}`).join("\n")}\n`,
    );
    await analyst({ file: "exports/day.csv" });
    put(".ohmymkt/research/query-map.csv", MAP.replace("scheduling,yes", "scheduling,no"));
    await analyst({ file: "exports/day.csv" });
    const [coverage] = await signal("query_cluster_coverage");
    expect(coverage?.points).toHaveLength(84);
    expect(coverage?.points[0]).toMatchObject({ value: 1 });
    const [visibility] = await signal("non_brand_visibility");
    expect(visibility?.points.find((point) => point.day === day)).toMatchObject({ value: 10_000 });
  });

  test("computes all days again when the brand pattern changes, and keeps the old values", async () => {
    await importAll();
    const [before] = await signal("non_brand_visibility");
    await bench.store.close();
    bench = open({ brand_pattern: "fieldwise|software" });
    await analyst({ file: "exports/gsc.csv" });
    const [after] = await signal("non_brand_visibility");
    expect(after?.points).toHaveLength(84);
    expect(after?.points.every(({ value }, n) => value < (before?.points[n]?.value ?? 0))).toBe(true);
    const kept = await bench.look((tx) => tx.observations.list({ metric: "non_brand_visibility" }));
    expect(kept).toHaveLength(168);
  });

  test("follows the brand pattern there and back", async () => {
    const values: (number | undefined)[] = [];
    for (const brand_pattern of ["fieldwise", "fieldwise|software", "fieldwise"]) {
      await bench.store.close();
      bench = open({ brand_pattern });
      put("gsc.csv", sampleExports().gscDaily);
      await analyst({ file: "gsc.csv" });
      values.push((await signal("non_brand_visibility"))[0]?.points[0]?.value);
    }
    expect(values[1]).toBeLessThan(values[0] ?? 0);
    expect(values[2]).toBe(values[0]);
  });

  test("goes on when later exports have more dimensions, and counts no day twice", async () => {
    const header = "clicks,impressions,ctr,position";
    put("a.csv", `date,query,${header}\n2026-09-01,x,1,10,0.1,2\n2026-09-02,x,1,20,0.1,2\n`);
    put("b.csv", `date,query,page,${header}\n2026-09-02,x,/,1,19,0.1,2\n2026-09-03,x,/,1,30,0.1,2\n`);
    await analyst({ file: "a.csv" });
    await analyst({ file: "b.csv" });
    const [visibility] = await signal("non_brand_visibility");
    expect(visibility?.points.map(({ day, value }) => [day, value])).toEqual([
      ["2026-09-01", 10],
      ["2026-09-02", 20],
      ["2026-09-03", 30],
    ]);
  });

  test("of a file that is written to meanwhile is refused", async () => {
    put("gsc.csv", sampleExports().gscDaily);
    const file = await bench.store.file("gsc.csv");
    const read = async (): Promise<number> => {
      let bytes = 0;
      for await (const piece of file.bytes()) bytes += piece.length;
      return bytes;
    };
    expect(await read()).toBe(file.size);
    put("gsc.csv", `${sampleExports().gscDaily}2026-10-18,x,1,1,1,1\n`);
    expect(await read().catch((error: unknown) => error)).toMatchObject({ code: "stale" });
  });

  test.each([
    ["../outside.csv", "not_allowed"],
    ["/etc/hostname", "not_allowed"],
    ["link.csv", "not_allowed"],
    [".env", "not_allowed"],
    ["env.csv", "not_allowed"],
    ["exports", "invalid_arguments"],
    ["nothing.csv", "not_found"],
  ])("of %s is refused", async (file, code) => {
    put("exports/a.csv", "x");
    symlinkSync("/etc/hostname", join(workspace.directory, "link.csv"));
    put(".env", "API_KEY=sk-secret\n");
    symlinkSync(join(workspace.directory, ".env"), join(workspace.directory, "env.csv"));
    expect((await bench.refusal("import_metrics", { file }, "growth-analyst")).code).toBe(code as "not_found");
  });

  test("of a broken query map names the line, and what was imported stays", async () => {
    put(".ohmymkt/research/query-map.csv", `${MAP}no cluster,,yes,intent-ops,/x\n`);
    put("gsc.csv", sampleExports().gscDaily);
    const error = await bench.refusal("import_metrics", { file: "gsc.csv" }, "growth-analyst");
    expect(error.message).toContain(".ohmymkt/research/query-map.csv, line 6");
    put(".ohmymkt/research/query-map.csv", MAP);
    expect((await analyst({ file: "gsc.csv" })).derived.map((one) => one.signal)).toContain("query_cluster_coverage");
  });
});

describe("a decision", () => {
  const decided = async (cadence = "monthly") =>
    (await bench.call("run_cycle", { cadence }, "execution-manager")).value as {
      cycle: { decision: string; signals: SignalReading[]; confidence: { level: string }; would_change: string[] };
    };
  const trends = (signals: SignalReading[]) =>
    Object.fromEntries(signals.map((one) => [one.signal, `${one.basis} ${one.trend}`]));

  test("rests on what was imported: growth is up, in the words of the test", async () => {
    await importAll({ visibilityGrowth: 0.4, qualityGrowth: 0.6 });
    const { cycle } = await decided();
    expect(trends(cycle.signals)).toMatchObject({ non_brand_visibility: "measured up" });
    expect(cycle.signals[0]?.why).toMatch(/^\+\d+ % over 84 days.*; gsc$/);
    expect(cycle.signals[0]?.observations[0]).toMatch(/^obs-\S+…obs-\S+ \(\d+\)$/);
  });

  test("is not moved by what somebody declares against the measurement", async () => {
    await importAll({ visibilityGrowth: -0.4 });
    await bench.call(
      "update_metrics",
      { track: "visibility_track", metric: "non_brand_visibility", trend: "up" },
      "growth-analyst",
    );
    const { cycle } = await decided();
    expect(trends(cycle.signals)).toMatchObject({ non_brand_visibility: "measured down" });
    expect(cycle.decision).toBe("intervene");
  });

  test("is not hidden by a value that somebody stated under the same source before the import", async () => {
    const stated = {
      track: "visibility_track",
      metric: "non_brand_visibility",
      source: "gsc",
      observed_at: "2026-10-18",
    };
    await bench.call("update_metrics", { ...stated, value: 9, trend: "up" }, "growth-analyst");
    await importAll({ visibilityGrowth: -0.4 });
    expect(trends((await decided()).cycle.signals)).toMatchObject({ non_brand_visibility: "measured down" });
  });

  test("is not stopped by an incident that a clock ahead of ours dated into the future", async () => {
    await importAll({ visibilityGrowth: -0.4 });
    const incident = {
      schema_version: 1,
      id: "inc-1",
      severity: "P1",
      module: "scale_loop",
      summary: "s",
      updates: [],
    };
    const dated = { ...incident, status: "open", created_at: "2026-10-21T03:00:00.000Z" };
    put(".ohmymkt/incidents/inc-1.json", JSON.stringify(dated));
    expect(trends((await decided()).cycle.signals)).toMatchObject({ non_brand_visibility: "measured down" });
  });

  test("names the source whose figures it rests on, and our formula only for what we computed", async () => {
    const days = Array.from({ length: 84 }, (_, n) => new Date(Date.parse("2026-07-28") + n * 86_400_000));
    put(
      "tool.csv",
      `day,v\n${days.map((day, n) => `${day.toISOString().slice(0, 10)},${1000 + n * 10}`).join("\n")}\n`,
    );
    await analyst({ file: "tool.csv", mapping: { v: "non_brand_visibility" }, source: "rank tool" });
    const { paths } = (await bench.call("report_growth")).value as { paths: string[] };
    await decided();
    const reports = await bench.look(async (tx) =>
      Promise.all(
        (await tx.artifacts.list("reports"))
          .filter((path) => path.endsWith(".md"))
          .map((path) => tx.artifacts.read(path)),
      ),
    );
    expect(paths).toHaveLength(3);
    expect(reports).toHaveLength(2);
    for (const report of reports) {
      expect(report).toMatch(/rank tool,? (?:as it )?states? them|as rank tool states them/);
      expect(report).not.toContain("Σ impressions");
    }
  });

  test("does not take typed values for imported ones", async () => {
    await importAll();
    const typed = { track: "visibility_track", metric: "non_brand_visibility", value: 9999, observed_at: "2026-10-18" };
    const refused = await bench.refusal("update_metrics", { ...typed, source: "gsc" }, "growth-analyst");
    expect(refused).toMatchObject({
      code: "not_allowed",
      message: "non_brand_visibility is computed from the exports of gsc; expected an import, got the value 9999",
    });
    const own = await bench.text("update_metrics", { ...typed, source: "crm" }, "growth-analyst");
    expect(own).toContain("Conflict in non_brand_visibility (value)");
    expect((await signal("non_brand_visibility")).map(({ source }) => source)).toEqual(["crm", "gsc"]);
  });

  test("counts only what stands after a tracking change", async () => {
    await bench.store.close();
    bench = open({ tracking_changes: [{ date: "2026-10-01", what: "consent banner changed" }] });
    await importAll({ visibilityGrowth: 0.4 });
    const { cycle } = await decided();
    expect(trends(cycle.signals)).toMatchObject({ non_brand_visibility: "none unknown" });
    expect(cycle.signals[0]?.why).toContain("2026-10-01");
  });

  test("does not rest on old data", async () => {
    await importAll({ visibilityGrowth: 0.4 });
    bench.now += 20 * 86_400_000;
    expect(trends((await decided()).cycle.signals)).toMatchObject({ non_brand_visibility: "none unknown" });
  });
});
