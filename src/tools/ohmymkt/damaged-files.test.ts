import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { CONFIG_DOCUMENT } from "../../config.ts";
import { OhmymktError } from "../../errors.ts";
import { COLLECTIONS, DOCUMENTS } from "../../lib/registry.ts";
import { makeWorkspace, type Workspace } from "../../testing/temp-workspace.ts";
import { startedBench, type ToolBench } from "../../testing/tool-bench.ts";

let workspace: Workspace;
let bench: ToolBench;
const path = (file: string): string => join(workspace.directory, ".ohmymkt", file);

/** A project in which every document exists and the next cycle would say continue. */
beforeEach(async () => {
  workspace = makeWorkspace();
  bench = await startedBench({ directory: workspace.directory });
  const up = (track: string, metric: string) => ({ track, metric, trend: "up", source: "review" });
  await bench.call(
    "update_metrics",
    {
      observations: [
        up("visibility_track", "non_brand_visibility"),
        up("visibility_track", "query_cluster_coverage"),
        up("quality_track", "high_intent_session"),
        up("quality_track", "conversion_assist"),
      ],
    },
    "growth-analyst",
  );
  await bench.call("incident", { severity: "P2", module: "content_system", summary: "typo" });
  await bench.call("research_brief", { action: "create", title: "Market" }, "research-agent");
  await bench.call("competitor_profile", { action: "save", name: "Acme" }, "research-agent");
  await bench.call("save_positioning", { action: "save", name: "speed", statement: "fast" }, "content-writer");
  await bench.call("asset_manifest", { action: "add", name: "hero", type: "image" }, "content-writer");
  await bench.call("provider_config", { action: "set", provider: "openai" }, "execution-manager");
});
afterEach(async () => {
  await bench.store.close();
  workspace.dispose();
});

const READERS: [string, object, string][] = [
  ["check_gates", {}, "growth-manager"],
  ["list_plans", {}, "growth-manager"],
  ["update_gates", { gate: "data_gate", field: "reconcilable", value: false }, "growth-manager"],
  ["update_metrics", { track: "quality_track", metric: "high_intent_session", trend: "up" }, "growth-analyst"],
  ["incident", { action: "list" }, "growth-manager"],
  ["start_campaign", { action: "pause" }, "growth-manager"],
  ["report_growth", {}, "growth-manager"],
  ...["gates", "metrics", "modules", "sprint-board", "execution", "cycles", "boulder", "incidents", "health"].map(
    (file): [string, object, string] => ["read_state", { file }, "growth-manager"],
  ),
  ["research_brief", { action: "list" }, "research-agent"],
  ["competitor_profile", { action: "list" }, "research-agent"],
  ["save_positioning", { action: "read" }, "content-writer"],
  ["asset_manifest", { action: "read" }, "content-writer"],
  ["provider_config", { action: "list" }, "execution-manager"],
];

function damage(kind: string, file: string): void {
  const whole = readFileSync(path(file), "utf8");
  const json = file.endsWith(".json");
  const newer = json
    ? whole.replace(/"schema_version": 1/, '"schema_version": 99')
    : whole.replace("schema_version: 1", "schema_version: 99");
  const damaged: Record<string, string> = {
    truncated: whole.slice(0, json ? Math.floor(whole.length / 2) : 30),
    empty: "",
    "not JSON": "hello {",
    "wrong schema": json
      ? '{"schema_version": 1, "surprise": true}\n'
      : "---\nschema_version: 1\nsurprise: true\n---\nbody\n",
    "newer version": newer,
  };
  if (kind === "a directory") {
    rmSync(path(file));
    mkdirSync(path(file));
  } else if (kind === "removed") rmSync(path(file));
  else writeFileSync(path(file), damaged[kind] ?? "");
}

function fingerprint(file: string): string {
  try {
    return readFileSync(path(file), "utf8");
  } catch (error) {
    return String((error as NodeJS.ErrnoException).code);
  }
}

const KINDS = ["truncated", "empty", "not JSON", "wrong schema", "newer version", "a directory", "removed"];
const SINGLE = DOCUMENTS.map(({ document, governs }) => [document.path, governs] as const);

async function complaints(): Promise<string[]> {
  const texts: string[] = [];
  for (const [tool, args, agent] of READERS) {
    const said: unknown = await bench.call(tool, args, agent).then(
      (outcome) => outcome.text,
      (error: unknown) => error,
    );
    if (said instanceof OhmymktError) texts.push(`${said.code}: ${said.message} | ${said.hint}`);
    else if (typeof said === "string") texts.push(said);
    else throw said;
  }
  return texts;
}

describe.each(KINDS)("%s", (kind) => {
  test.each(SINGLE)("%s is named, kept as it is, and no cycle decides on it", async (file, governs) => {
    damage(kind, file);
    const before = fingerprint(file);
    const named = (await complaints()).filter((text) => text.includes(file));
    expect(named.length).toBeGreaterThan(0);
    expect(named.join("\n")).toMatch(kind === "newer version" ? /newer_version/ : /corrupt_document/);
    const cycle: unknown = await bench.call("run_cycle", { cadence: "weekly" }).catch((error: unknown) => error);
    expect(cycle instanceof OhmymktError).toBe(governs);
    expect(fingerprint(file)).toBe(before);
  });

  test.each(COLLECTIONS.map(({ collection }) => [collection.folder] as const))(
    "a file of %s is named and kept, and never helps a decision",
    async (folder) => {
      const file = `${folder}/${readdirSync(path(folder)).find((name) => /\.(json|md)$/.test(name))}`;
      damage(kind, file);
      const before = fingerprint(file);
      const id = file.slice(folder.length + 1).replace(/\.\w+$/, "");
      expect((await complaints()).some((text) => text.includes(file) || text.includes(id))).toBe(true);
      const { value } = await bench.call("run_cycle", { cadence: "weekly" });
      const { cycle } = value as { cycle: { decision: string; scale: string } };
      if (folder === "incidents") expect(cycle.decision).toBe("rollback");
      if (folder === "plans") expect(cycle.scale).toBe("blocked");
      expect(fingerprint(file)).toBe(before);
    },
  );
});

test("config.json needs no schema_version, and a wrong setting is named", async () => {
  writeFileSync(path("config.json"), '{"source_order": ["ga4"]}\n');
  expect(await bench.look((tx) => tx.documents.read(CONFIG_DOCUMENT))).toMatchObject({ source_order: ["ga4"] });
  writeFileSync(path("config.json"), '{"source_order": "ga4"}\n');
  const reading: unknown = await bench
    .look((tx) => tx.documents.read(CONFIG_DOCUMENT))
    .catch((error: unknown) => error);
  expect(String(reading)).toMatch(/config\.json.*source_order/);
});

test("a torn JSON file is named with line and column, and restore puts the last good revision back", async () => {
  const whole = readFileSync(path("state/gates.json"), "utf8");
  writeFileSync(path("state/gates.json"), whole.slice(0, 120));
  const error = await bench.refusal("check_gates");
  expect(error.message).toMatch(/state\/gates\.json.*\d+:\d+/);
  expect(error.hint).toContain("ohmymkt restore state/gates.json");
  const gates = DOCUMENTS.find(({ document }) => document.path === "state/gates.json");
  if (gates) await bench.look((tx) => tx.documents.restore(gates.document));
  expect(await bench.text("check_gates")).toContain("Gates: PASS");
});
