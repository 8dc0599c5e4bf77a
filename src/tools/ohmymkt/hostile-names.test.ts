import { afterEach, beforeEach, expect, test } from "bun:test";
import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { makeWorkspace, type Workspace } from "../../testing/temp-workspace.ts";
import { toolBench, type ToolBench } from "../../testing/tool-bench.ts";

let workspace: Workspace;
let bench: ToolBench;
beforeEach(() => {
  workspace = makeWorkspace();
  bench = toolBench({ directory: workspace.directory });
});
afterEach(async () => {
  await bench.store.close();
  workspace.dispose();
});

const NAMES = [
  "../../outside",
  "..",
  "a/b",
  "a\\b",
  "a b",
  "/etc/passwd",
  "C:\\Windows\\x",
  "nul\0byte",
  "CON",
  "com1.txt",
  "aux",
  "🚀",
  "🚀🚀",
  "🎯 launch",
  "提升自然流量",
  "增加试用注册",
  "زيادة التجارب",
  "تحسين المحتوى",
  "naïve café",
  "x".repeat(199),
  `${"x".repeat(199)}y`,
  "-",
  "…",
  "%2e%2e%2f",
  "<script>",
  "~/x",
  "$(id)",
];

function files(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => !entry.isDirectory())
    .map((entry) => join(entry.parentPath, entry.name));
}

test("plans with any name stay inside their folder, and distinct names are distinct plans", async () => {
  for (const name of NAMES) await bench.call("plan_growth", { goal: `Goal of ${JSON.stringify(name)}`, name });
  const plans = readdirSync(join(workspace.directory, ".ohmymkt/plans")).filter((name) => name.endsWith(".md"));
  expect(plans).toHaveLength(NAMES.length);
  expect(new Set(plans.map((name) => name.normalize("NFC").toLowerCase())).size).toBe(NAMES.length);
  for (const name of plans) expect(Buffer.byteLength(name)).toBeLessThanOrEqual(200);
  expect(files(workspace.directory).every((file) => file.startsWith(join(workspace.directory, ".ohmymkt")))).toBe(true);
  expect(files(join(workspace.directory, ".ohmymkt/plans"))).toHaveLength(NAMES.length);
  const { value } = await bench.call("list_plans");
  expect(value as { plans: unknown[]; unreadable: unknown[] }).toMatchObject({
    plans: { length: NAMES.length },
    unreadable: [],
  });
});

test.each(["../../etc/passwd", "a/b", "..", "nul\0", "CON", "🚀", ""])(
  "the id %j from a model never becomes a path",
  async (id) => {
    for (const [tool, args, agent] of [
      ["incident", { action: "resolve", id }, "growth-manager"],
      ["research_brief", { action: "read", id }, "research-agent"],
      ["competitor_profile", { action: "read", id }, "research-agent"],
      ["asset_manifest", { action: "update", id, notes: "x" }, "content-ops"],
    ] as const) {
      expect(["invalid_id", "invalid_arguments", "not_found"]).toContain((await bench.refusal(tool, args, agent)).code);
    }
  },
);

test("an incident's text in any language survives byte for byte", async () => {
  const summary = 'السعر خاطئ 价格错误 🚨 "quoted" | piped\nsecond line';
  await bench.call("incident", { severity: "P1", module: "content_system", summary });
  const [fact] = ((await bench.call("incident", { action: "list" })).value as { incidents: { summary: string }[] })
    .incidents;
  expect(fact?.summary).toBe(summary);
  expect(statSync(join(workspace.directory, ".ohmymkt/incidents")).isDirectory()).toBe(true);
});
