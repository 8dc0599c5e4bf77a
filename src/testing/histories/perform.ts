import {
  damage,
  editBoard,
  editGates,
  editMetrics,
  editPlan,
  incidentId,
  repair,
  sweep,
  softenIncident,
} from "./hand-edits.ts";
import { prepare, type Project } from "./project.ts";
import { conflictLine } from "./oracle-signals.ts";
import type { Event, Meanwhile, Outcome, Step } from "./steps.ts";

type Of<D extends Event["do"]> = Extract<Event, { do: D }>;
type Value = Record<string, unknown>;

interface GateRow {
  gate: string;
  field: string;
  status: string;
}
interface Conflict {
  metric: string;
  kind: string;
  used?: string;
  claims: {
    source: string;
    value?: number;
    trend?: string;
    observed_at: string;
    recorded_at: string;
    observation: string;
  }[];
}
export interface CycleRow {
  id: string;
  cadence: string;
  decision: string;
  tracks: unknown;
  signals: { signal: string; trend: string }[];
  incidents: string[];
  scale: string;
  scale_reasons: string[];
  effects: string[];
  recovery: { signal: string; verdict: string }[];
  actions: { id: string; title: string; status: string; owner: string; due_date: string }[];
  report: string;
  ledger_head: string;
  rules_version: number;
}

const POSTMORTEMS = {
  complete: {
    impact: "12 visits lost",
    root_cause: "an unreviewed change",
    prevention: [{ title: "Review step", owner: "content-ops", due_date: "2027-01-15" }],
  },
  no_prevention: { impact: "12 visits lost", root_cause: "an unreviewed change", prevention: [] },
};
const COMPLETE = {
  objective: { metric: "demo requests", baseline: 12, target: 30, deadline: "2027-01-31" },
  channels: ["organic search"],
  boundaries: ["no new domains"],
  budget: { amount: 500, currency: "EUR" },
  timeline: { start: "2026-12-01", end: "2026-12-31" },
  acceptance_criteria: ["30 demo requests in 30 days"],
  deliverables: [{ title: "Query map", owner: "intent-ops" }],
};
const ROLLBACK = { rollback: ["restore the version before"] };

/** Plays one step on the real project and returns what the oracle predicts, in the oracle's words. */
export async function perform(project: Project, step: Step): Promise<Outcome> {
  project.now += step.wait;
  if ("answer" in step)
    prepare(project, step.answer, "meanwhile" in step ? step.meanwhile : undefined, (what) => interfere(project, what));
  switch (step.do) {
    case "plan":
      return ask(project, "plan_growth", { ...plan(step.name, step.complete), name: step.name }, planFacts);
    case "revise":
      return ask(
        project,
        "plan_growth",
        { ...plan("", step.complete), goal: `Grow ${fullName(project, step.hint)}`, revise: step.hint },
        planFacts,
      );
    case "edit_plan":
      return editPlan(project, step.name);
    case "review":
      return ask(
        project,
        "review_plan",
        { plan: step.hint, verdict: step.verdict, findings: step.findings ? ["no numbers"] : [] },
        pick("plan", "version", "verdict"),
      );
    case "gates":
      return ask(project, "update_gates", { updates: step.updates }, gateFacts);
    case "edit_gates":
      return editGates(project, step.edit);
    case "check_gates":
      return ask(project, "check_gates", {}, gateFacts);
    case "start":
      return ask(project, "start_campaign", { plan: step.hint, end_current: step.end_current }, startFacts);
    case "pause":
    case "end":
      return ask(project, "start_campaign", { action: step.do }, pick("state", "plan"));
    case "resume":
      return ask(project, "start_campaign", { action: "resume" }, pick("state", "plan"));
    case "open":
      return open(project, step.severity, step.module);
    case "change":
      return ask(
        project,
        "incident",
        {
          action: step.mitigate ? "mitigate" : "update",
          id: incidentId(project, step.incident),
          severity: step.severity,
          note: "n",
          ...postmortem(step),
        },
        incidentFacts,
      );
    case "resolve":
      return ask(
        project,
        "incident",
        { action: "resolve", id: incidentId(project, step.incident), ...postmortem(step) },
        incidentFacts,
      );
    case "edit_incident":
      return softenIncident(project, step.incident);
    case "damage":
      return damage(project, step.incident, step.damage);
    case "repair":
      return repair(project, step.incident);
    case "stray":
      return (project.put(`incidents/stray-${(project.strays += 1)}.json`, "{"), { facts: {} });
    case "sweep":
      return sweep(project);
    case "metrics":
      return ask(
        project,
        "update_metrics",
        { observations: step.observations.map(({ ago, ...rest }) => ({ ...rest, observed_at: project.at(ago) })) },
        metricFacts,
      );
    case "edit_metrics":
      return editMetrics(project, step.trend);
    case "cycle":
      return cycle(project, step);
    case "edit_board":
      return editBoard(project, step);
    default:
      return read(project, step.file);
  }
}

async function ask(
  project: Project,
  tool: string,
  args: Value,
  facts: (value: Value, project: Project) => Value,
): Promise<Outcome> {
  const answer = await project.call(tool, args);
  return "refused" in answer ? answer : { facts: facts(answer.value, project) };
}

function pick(...keys: string[]): (value: Value) => Value {
  return (value) => Object.fromEntries(keys.map((key) => [key, value[key]]));
}

function plan(name: string, complete: boolean): Value {
  return { goal: `Grow ${name}`, ...COMPLETE, ...(complete ? ROLLBACK : {}) };
}

/** A revision keeps the title; which plan the hint means is only needed to say the same goal again. */
function fullName(project: Project, hint: string): string {
  return (
    ["alpha", "alpine", "beta"]
      .filter((name) => project.has(`plans/${name}.md`))
      .find((name) => `${name} grow ${name}`.includes(hint.toLowerCase())) ?? hint
  );
}

function planFacts(value: Value): Value {
  const checklist = value["checklist"] as { holds: boolean }[];
  return { ...pick("name", "version")(value), complete: checklist.every((item) => item.holds) };
}

async function interfere(project: Project, what: Meanwhile): Promise<void> {
  if ("edit_plan" in what) editPlan(project, what.edit_plan);
  else await open(project, "P0", "general");
}

function gateFacts(value: Value): Value {
  const gates = value["gates"] as { fields: GateRow[] }[];
  return {
    overall: value["overall"],
    plan: value["plan"] ?? null,
    fields: statuses(gates.flatMap((gate) => gate.fields)),
  };
}

function statuses(rows: readonly GateRow[]): Value {
  return Object.fromEntries(rows.map((row) => [`${row.gate}.${row.field}`, row.status]));
}

function startFacts(value: Value): Value {
  if (value["state"] === "blocked") return { ...pick("state", "plan")(value), why: (value["why"] as string[]).length };
  return { ...pick("state", "plan", "tasks")(value), archived: "archived" in value };
}

async function open(project: Project, severity: string, module: string): Promise<Outcome> {
  const answer = await project.call("incident", { severity, module, summary: "something broke" });
  if ("refused" in answer) return answer;
  project.incidents.push((answer.value["incident"] as { id: string }).id);
  return { facts: incidentFacts(answer.value) };
}

function incidentFacts(value: Value): Value {
  const incident = value["incident"] as Value;
  const effects = value["effects"] as string[];
  return { ...pick("severity", "status")(incident), paused: effects.some((line) => line.includes("campaign paused")) };
}

function postmortem(step: Of<"change" | "resolve">): Value {
  return step.postmortem ? { postmortem: POSTMORTEMS[step.postmortem] } : {};
}

/** Claims must come with source and both times, or the conflict was not preserved. */
function conflictsOf(value: Value): string[] {
  return (value["conflicts"] as Conflict[])
    .map(({ metric, kind, used, claims }) => {
      const bare = claims.some((claim) => !claim.observed_at || !claim.recorded_at || !claim.observation);
      return bare
        ? `${metric}: a claim came without provenance`
        : conflictLine(
            metric,
            kind,
            claims.map((claim) => ({ source: claim.source, said: claim.value ?? claim.trend })),
            used,
          );
    })
    .toSorted();
}

function metricFacts(value: Value): Value {
  const readings = value["readings"] as { signal: string; trend: string }[];
  return {
    stored: (value["stored"] as unknown[]).length,
    readings: Object.fromEntries(readings.map((one) => [one.signal, one.trend])),
    conflicts: conflictsOf(value),
  };
}

async function cycle(project: Project, { cadence, closing }: Of<"cycle">): Promise<Outcome> {
  const past = (project.json("state/cycles.json") as { cycles: CycleRow[] } | undefined)?.cycles ?? [];
  const actions = closing.map(({ cycle: index, action, ...rest }) => ({
    id: past[index]?.actions[action]?.id ?? "no-such-action",
    ...rest,
  }));
  const head = await project.look((tx) => tx.ledger.head());
  const answer = await project.call("run_cycle", { cadence, actions });
  if ("refused" in answer) return answer;
  const row = answer.value["cycle"] as CycleRow;
  return {
    facts: {
      ...cycleFacts(row, project),
      conflicts: conflictsOf(answer.value),
      ...proof(project, row, answer.text, head.seq),
    },
  };
}

function cycleFacts(row: CycleRow, project: Project): Value {
  return {
    decision: row.decision,
    tracks: row.tracks,
    readings: Object.fromEntries(row.signals.map((one) => [one.signal, one.trend])),
    p0s: row.incidents.map((id) => (id.startsWith("stray") ? id : `${project.incidents.indexOf(id)}`)).toSorted(),
    scale: row.scale,
    scale_reasons: row.scale_reasons.length,
    effects: row.effects.some((line) => line.includes("modules paused"))
      ? "rollback"
      : row.effects.some((line) => line.includes("remediation"))
        ? "remediation"
        : "none",
    recovery: row.recovery.map((one) => `${one.signal} ${one.verdict}`),
    cadence_action: row.actions.some((one) => one.title.includes("query clusters"))
      ? "monthly"
      : row.actions.some((one) => one.title.includes("architecture"))
        ? "quarterly"
        : "weekly",
    blocked_first: row.actions.findIndex((one) => !one.title.startsWith("Do not scale")),
  };
}

/** What must be there after every cycle whatever it decided; only what is missing shows. */
function proof(project: Project, row: CycleRow, text: string, head: number): Value {
  const missing = [
    text.includes(`Decision: ${row.decision}`) ? "" : "the decision in the answer",
    project.has(row.report) && project.text(row.report).includes(`**Decision:** ${row.decision}`)
      ? ""
      : "the report file",
    row.actions.length > 0 && row.actions.every((one) => one.owner && one.due_date && one.status === "open")
      ? ""
      : "actions with owner and day",
    Number(/^(\d+):[0-9a-f]{64}$/.exec(row.ledger_head)?.[1]) >= head ? "" : "the ledger's head",
    row.rules_version > 0 ? "" : "the rules' version",
  ].filter(Boolean);
  return missing.length > 0 ? { missing } : {};
}

async function read(project: Project, file: Of<"read">["file"]): Promise<Outcome> {
  const answer = await project.call("read_state", { file });
  if ("refused" in answer) return answer;
  const { head, rows } = answer.value as { head: Value | string; rows: (GateRow & { key: string; ok: boolean })[] };
  if (file === "sprint-board") return { facts: { executable: typeof head === "string" ? null : head["executable"] } };
  if (file === "gates")
    return {
      facts: typeof head === "string" ? {} : { overall: head["overall"], plan: head["plan"], fields: statuses(rows) },
    };
  return {
    facts: Object.fromEntries(rows.filter((row) => row.key !== "recommendations").map((row) => [row.key, row.ok])),
  };
}
