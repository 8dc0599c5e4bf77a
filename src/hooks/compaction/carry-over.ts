import { readStanding } from "../../features/governance/facts.ts";
import type { Store } from "../../store/store.ts";

/** What must survive a compaction, in a few short lines: plan, campaign, gates, open incidents and mode. Undefined without state. */
export async function carryOver(store: Store, ultrawork: boolean): Promise<string | undefined> {
  if (!(await store.exists())) return undefined;
  const standing = await store.transaction({ actor: { host: "opencode" }, tool: "compaction" }, readStanding);
  const failing = standing.gates.gates.filter((gate) => !gate.pass).map((gate) => gate.gate);
  const open = standing.incidents.filter((fact) => fact.status !== "resolved");
  const shown = open.slice(0, 5).map((fact) => `${fact.severity} ${fact.id}`);
  return [
    "ohmymkt state to carry over (look it up again with ohmymkt_read_state before acting):",
    `plan: ${standing.plan ? `${standing.plan.name} v${standing.plan.version}, ${standing.plan.status}` : "none"}`,
    `campaign: ${standing.execution.state}`,
    `gates: ${failing.length === 0 ? "PASS" : `BLOCKED by ${failing.join(", ")}`}`,
    `open incidents: ${shown.length === 0 ? "none" : shown.join(", ")}${open.length > shown.length ? ` and ${open.length - shown.length} more` : ""}`,
    ultrawork ? "mode: ultrawork" : "",
  ]
    .filter(Boolean)
    .join("\n");
}
