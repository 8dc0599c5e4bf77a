import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DEFAULT_CONFIG } from "../../config.ts";
import { OhmymktError } from "../../errors.ts";
import { openStore } from "../../store/open.ts";
import type { Store, Transaction } from "../../store/store.ts";
import { childrenWith, eventually } from "../../testing/process-list.ts";
import { makeWorkspace, type Workspace } from "../../testing/temp-workspace.ts";
import { sampleExports } from "../metric-imports/testing/sample-exports.ts";
import { importAside as createImporter, type ImportJob } from "./import-aside.ts";
import { importMetrics } from "./import-metrics.ts";

const CAUSE = {
  actor: { host: "opencode", agent: "growth-analyst", session: "ses_1" },
  tool: "ohmymkt_import_metrics",
} as const;
const importAside = createImporter(process.env);
const never = new AbortController().signal;

let aside: Workspace;
let store: Store;
beforeEach(() => {
  aside = makeWorkspace();
  store = openStore({ directory: aside.directory, sync: "off" });
});
afterEach(async () => {
  await store.close();
  aside.dispose();
});

const job = (file: string, more: Partial<ImportJob> = {}): ImportJob => ({
  directory: aside.directory,
  file,
  options: { format: "auto", today: "2026-10-20" },
  settings: DEFAULT_CONFIG,
  dryRun: false,
  cause: CAUSE,
  ...more,
});
function put({ directory }: Workspace, file: string, content: string | Uint8Array): string {
  mkdirSync(join(directory, "exports"), { recursive: true });
  writeFileSync(join(directory, file), content);
  return file;
}
const look = <T>(work: (tx: Transaction) => Promise<T>): Promise<T> => store.transaction(CAUSE, work);
const stored = (): Promise<number> => look((tx) => tx.observations.lastSeq());
const refusal = async (work: Promise<unknown>): Promise<unknown> => work.catch((error: unknown) => error);

/** A day for each query, so that every value is a series of its own. */
function manyQueries(rows: number): string {
  const lines = Array.from(
    { length: rows },
    (_, n) => `2026-09-0${(n % 9) + 1},query ${Bun.hash(`${n}`)},${n % 9},9,${(n % 9) / 9},2.5`,
  );
  return ["Date,Query,Clicks,Impressions,CTR,Position", ...lines].join("\n");
}
const importers = (): number[] => childrenWith("import.ts");

test("an import in another process says and stores what one here does, in the caller's name", async () => {
  const { gscDaily } = sampleExports();
  const here = makeWorkspace();
  put(here, "exports/gsc.csv", gscDaily);
  const other = openStore({ directory: here.directory, sync: "off" });
  const { options, settings } = job("");
  const expected = await importMetrics(await other.file("exports/gsc.csv"), options, settings, {
    dryRun: false,
    signal: never,
    transact: (work) => other.transaction(CAUSE, work),
  });
  const all = (tx: Transaction) =>
    tx.observations.series({ metric: "gsc_clicks", from: "2026-01-01", to: "2026-12-31" });
  const wanted = await other.transaction(CAUSE, all);
  await other.close();
  here.dispose();

  expect(await importAside(job(put(aside, "exports/gsc.csv", gscDaily)), never)).toEqual(expected);
  expect(await look(all)).toEqual(wanted);
  const rows = await look((tx) => tx.ledger.list());
  expect(rows.map((row) => row.actor)).toContainEqual(CAUSE.actor);
});

test("a dry run stores nothing", async () => {
  const report = await importAside(job(put(aside, "gsc.zip", sampleExports().gscZip), { dryRun: true }), never);
  expect(report).toMatchObject({ file: "gsc.zip", derived: [] });
  expect(report.outcome).toBeUndefined();
  expect(await stored()).toBe(0);
});

describe("what goes wrong there", () => {
  test("is the same error here, with its next step", async () => {
    expect(await refusal(importAside(job("exports/none.csv"), never))).toEqual(
      new OhmymktError("not_found", 'there is no file "exports/none.csv" in the project', {
        hint: "give its path relative to the project directory",
      }),
    );
    expect(await refusal(importAside(job(put(aside, "empty.csv", "")), never))).toMatchObject({
      code: "invalid_arguments",
      hint: expect.stringContaining("nothing was imported"),
    });
  });

  test("a process that is killed is named; the next import completes the file", async () => {
    const file = put(aside, "many.csv", manyQueries(30_000));
    const importing = refusal(importAside(job(file), never));
    const begun = (async () => {
      while ((await stored()) === 0) await Bun.sleep(5);
    })();
    await Promise.race([begun, importing]);
    for (const pid of importers()) process.kill(pid, "SIGKILL");
    expect(await importing).toMatchObject({
      code: "internal",
      message: expect.stringMatching(/^the process that imports "many\.csv" ended with code \d+/),
      hint: "import the file again: what is stored already is not stored twice",
    });
    const { outcome } = await importAside(job(file), never);
    expect(outcome?.known).toBeGreaterThan(0);
    expect((outcome?.stored ?? 0) + (outcome?.known ?? 0)).toBe(120_000);
  }, 60_000);

  test("an abort ends the process and throws its reason", async () => {
    const file = put(aside, "many.csv", manyQueries(30_000));
    const abort = new AbortController();
    const importing = refusal(importAside(job(file), abort.signal));
    expect(await eventually(() => importers().length > 0)).toBe(true);
    abort.abort(new Error("not wanted any more"));
    expect(await importing).toEqual(new Error("not wanted any more"));
    expect(importers()).toEqual([]);
  }, 60_000);
});
