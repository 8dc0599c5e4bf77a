import type { Project } from "./project.ts";
import type { Damage, Event, HandEdit, Outcome } from "./steps.ts";

type Value = Record<string, unknown>;

export function incidentId(project: Project, index: number): string {
  return project.incidents[index] ?? "inc-none";
}

export function editPlan(project: Project, name: string): Outcome {
  const path = `plans/${name}.md`;
  if (project.has(path)) project.put(path, `${project.text(path)}\nRemark ${(project.edits += 1)}.\n`);
  return { facts: {} };
}

const EMPTY_GATES = {
  schema_version: 1,
  strategy_gate: { kpi_tree_bound: false, approved: false },
  compliance_gate: { documented: false, accepted_by_all: false },
  capacity_gate: { rolling_weeks_feasible: 0 },
  data_gate: { dashboard_stable: false, reconcilable: false },
  ownership_gate: { priority_query_coverage: 0 },
  evidence: {},
};

export function editGates(project: Project, { key, value, forge }: HandEdit): Outcome {
  const gates =
    (project.draft("state/gates.json") as Record<string, Value> | undefined) ??
    structuredClone<Record<string, unknown>>(EMPTY_GATES);
  const [gate = "", field = ""] = key.split(".");
  const evidence = gates["evidence"] as Record<string, Value>;
  (gates[gate] as Value)[field] = value;
  const life = { expires_at: project.at(-300 * 24) };
  if (forge === "evidence")
    evidence[key] = {
      evidence: `trust me ${(project.edits += 1)}`,
      set_by: "person (cli)",
      set_at: project.at(0),
      ...life,
    };
  const held = evidence[key];
  if (forge === "longer_life" && held)
    held["expires_at"] = new Date(Date.parse(String(held["expires_at"])) + 300 * 86_400_000).toISOString();
  project.put("state/gates.json", JSON.stringify(gates, null, 2));
  return { facts: {} };
}

export function damage(project: Project, index: number, how: Damage): Outcome {
  const path = `incidents/${incidentId(project, index)}.json`;
  if (!project.sound.has(path)) project.sound.set(path, project.bytes(path));
  if (how === "torn") project.put(path, project.bytes(path).slice(0, 25));
  if (how === "removed") project.remove(path);
  if (how === "wrong_schema") project.put(path, JSON.stringify({ schema_version: 1, severity: "P9" }));
  return { facts: {} };
}

export function repair(project: Project, index: number): Outcome {
  const path = `incidents/${incidentId(project, index)}.json`;
  const content = project.sound.get(path);
  if (content) project.put(path, content);
  project.sound.delete(path);
  return { facts: {} };
}

/** Somebody writes into an incident's file that it is small and over. */
export function softenIncident(project: Project, number: number): Outcome {
  const id = project.incidents[number];
  const path = `incidents/${id}.json`;
  if (!id || !project.has(path)) return { facts: {} };
  const soft = project
    .text(path)
    .replace(/"severity": "P\d"/, '"severity": "P2"')
    .replace(/"status": "\w+"/, '"status": "resolved"');
  project.put(path, soft);
  return { facts: {} };
}

export function sweep(project: Project): Outcome {
  for (let number = 1; number <= project.strays; number += 1) project.remove(`incidents/stray-${number}.json`);
  return { facts: {} };
}

export function editMetrics(project: Project, trend: string): Outcome {
  const path = "state/metrics.json";
  if (project.has(path))
    project.put(path, project.text(path).replaceAll(/"(up|down|flat|unknown)"/g, JSON.stringify(trend)));
  return { facts: {} };
}

export function editBoard(project: Project, { item, field, how }: Extract<Event, { do: "edit_board" }>): Outcome {
  const board = project.draft("state/sprint-board.json") as { items: Value[] } | undefined;
  const chosen = board?.items[item];
  if (!board || !chosen) return { facts: {} };
  if (how === "remove") delete chosen[field];
  else chosen[field] = "";
  project.put("state/sprint-board.json", JSON.stringify(board, null, 2));
  return { facts: {} };
}
