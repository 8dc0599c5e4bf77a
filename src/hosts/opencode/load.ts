import { setImmediate } from "node:timers/promises";

type Loads = readonly (() => Promise<unknown>)[];

/** What a project's state rests on, and the store; each piece takes up to 20 ms. */
const STATE: Loads = [
  () => import("zod"),
  () => import("../../lib/documents.ts"),
  () => import("../../lib/plans.ts"),
  () => import("../../store/local/database.ts"),
];

/** The larger parts of the tools, those that others rest on first. */
const TOOLS: Loads = [
  // What plans are written with: loaded by the first of them it would be a part of that transaction.
  () => import("yaml"),
  () => import("../../features/governance/facts.ts"),
  () => import("../../features/tasks/create-tasks.ts"),
  () => import("../../features/claude-code-agent-loader/policy.ts"),
  () => import("../../features/reports/growth.ts"),
  () => import("../../features/measurement/import-metrics.ts"),
  () => import("../../features/publishing/compose.ts"),
  () => import("../../tools/ohmymkt/publish.ts"),
  () => import("../../tools/ohmymkt/provider-config.ts"),
  () => import("../../tools/ohmymkt/generate-video.ts"),
  () => import("../../tools/ohmymkt/run-cycle.ts"),
  () => import("../../tools/ohmymkt/index.ts"),
];

/** The store's module. */
export async function loadStore() {
  await inTurns(STATE);
  return import("../../store/open.ts");
}

/** The module that runs tools. */
export async function loadTools() {
  await loadStore();
  await inTurns(TOOLS);
  return import("./run-tool.ts");
}

/** Loads in pieces, with a turn for everybody else in this process after each: at once they would hold up the host for two tenths of a second. */
async function inTurns(loads: Loads): Promise<void> {
  for (const load of loads) {
    await load();
    await setImmediate();
  }
}
