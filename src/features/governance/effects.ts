import { actorLabel, type Actor } from "../../lib/actor.ts";
import { EXECUTION_DOCUMENT, moveCampaign, type CampaignState, type Execution } from "../../lib/campaign.ts";
import { dayAfter } from "../../lib/days.ts";
import type { CycleEntry, Remediation } from "../../lib/cycle.ts";
import type { Failing } from "../../lib/decision.ts";
import type { IncidentFact, Postmortem } from "../../lib/incidents.ts";
import { listModules, MODULES_DOCUMENT, pauseCore, resumeCore } from "../../lib/modules.ts";
import { MEASURING_MODULE } from "../../lib/metrics.ts";
import { TaskPriority, type NewTask } from "../../lib/tasks.ts";
import type { Transaction } from "../../store/store.ts";
import { holdUnsent, retractOffer } from "../publishing/hold.ts";
import { actionTemplates, readExecution, readModules } from "./seeds.ts";

/** The core that P0s and rollbacks hold still. */
export const SCALE_CORE = "acceleration_core";

/** Moves the campaign, writes execution.json and the ledger event `campaign.<state>`. */
export async function moveCampaignTo(
  tx: Transaction,
  to: CampaignState,
  actor: Actor,
  reason: string,
  evidence?: unknown,
): Promise<Execution> {
  const before = await readExecution(tx);
  const after = moveCampaign(before, to, { at: tx.now, by: actorLabel(actor), reason });
  await tx.documents.write(EXECUTION_DOCUMENT, after, { reason });
  await tx.ledger.append({
    kind: `campaign.${to}`,
    subject: after.plan ?? "none",
    reason,
    evidence,
    before: before.state,
    after: after.state,
  });
  return after;
}

/** What a newly opened P0 stops at once; returns one line for each effect. */
export async function pauseForP0(tx: Transaction, incident: { id: string }, actor: Actor): Promise<string[]> {
  const held = await holdUnsent(tx, `P0 ${incident.id} opened`);
  const execution = await readExecution(tx);
  if (execution.state !== "active") return held;
  await moveCampaignTo(tx, "paused", actor, `P0 ${incident.id} opened`, { incident: incident.id });
  return [
    "campaign paused; scaling, spending and publishing wait until the P0 is resolved and a person resumes",
    ...held,
  ];
}

/** The ledger kind that marks a cause whose rollback was carried out. */
const ROLLBACK = "effect.rollback";

/** Ids of the P0s for which a rollback was carried out already. */
export async function rolledBack(tx: Transaction, incidents: readonly IncidentFact[]): Promise<string[]> {
  const handled: string[] = [];
  for (const { id, severity } of incidents)
    if (severity === "P0" && (await tx.ledger.latest(ROLLBACK, id))) handled.push(id);
  return handled;
}

/**
 * Carries out a rollback for every P0 that has not had one: campaign rolled back, scale modules paused and their running tasks
 * returned to the pool, postmortem and prevention tasks made. Returns one line per effect; nothing for causes already handled.
 */
export async function applyRollback(
  tx: Transaction,
  p0: readonly IncidentFact[],
  cycle: string,
  actor: Actor,
): Promise<string[]> {
  const handled = await rolledBack(tx, p0);
  const causes = p0.filter((fact) => !handled.includes(fact.id));
  if (causes.length === 0) return [];
  const ids = causes.map((fact) => fact.id).join(", ");
  const effects = [
    ...(await rollBackCampaign(tx, ids, cycle, actor)),
    ...(await pauseScale(tx, ids)),
    ...(await holdUnsent(tx, `rollback for ${ids}`)),
    ...(await retractOffers(tx, causes)),
    ...(await followUpTasks(tx, causes, cycle)),
  ];
  for (const fact of causes)
    await tx.ledger.append({
      kind: ROLLBACK,
      subject: fact.id,
      reason: `cycle ${cycle}`,
      evidence: { cycle },
      after: effects,
    });
  return effects;
}

async function retractOffers(tx: Transaction, causes: readonly IncidentFact[]): Promise<string[]> {
  const offers = await Promise.all(causes.map((fact) => retractOffer(tx, fact)));
  return offers.flat();
}

async function rollBackCampaign(tx: Transaction, ids: string, cycle: string, actor: Actor): Promise<string[]> {
  const { state } = await readExecution(tx);
  if (state !== "active" && state !== "paused") return [];
  await moveCampaignTo(tx, "rolled_back", actor, `rollback for ${ids}`, { cycle });
  return ["campaign rolled back"];
}

async function pauseScale(tx: Transaction, ids: string): Promise<string[]> {
  const modules = await readModules(tx, true);
  const names = listModules(modules)
    .filter((module) => module.core === SCALE_CORE)
    .map((module) => module.name);
  await tx.documents.write(MODULES_DOCUMENT, pauseCore(modules, SCALE_CORE, ids), { reason: `rollback for ${ids}` });
  const running = (await tx.tasks.list({ status: ["claimed", "in_progress"] })).filter(
    (task) => task.module && names.includes(task.module),
  );
  for (const task of running) await tx.tasks.transition(task.id, "pending");
  return [
    `modules paused: ${names.join(", ")}`,
    ...(running.length > 0 ? [`tasks returned to the pool: ${running.map((task) => task.id).join(", ")}`] : []),
  ];
}

async function followUpTasks(tx: Transaction, causes: readonly IncidentFact[], cycle: string): Promise<string[]> {
  const owner = actionTemplates().find((line) => line.decisions.includes("rollback"))?.owner ?? "person";
  const tasks = causes.flatMap((fact): NewTask[] => [
    {
      ...incidentTask(fact, owner, cycle),
      id: `postmortem-${fact.id}`,
      title: `Postmortem of ${fact.id}`,
      objective: `Say what ${fact.id} did, why, and what prevents it`,
      acceptance_criteria: [
        "impact stated in numbers",
        "root cause named",
        "at least one prevention task with owner and date",
      ],
      due_date: dayAfter(tx.now, 5),
    },
    {
      ...incidentTask(fact, owner, cycle),
      id: `prevention-${fact.id}`,
      title: `Prevention of a repeat of ${fact.id}`,
      objective: `Carry out what the postmortem of ${fact.id} decides`,
      acceptance_criteria: ["every prevention task of the postmortem is done or has a new date"],
      blocked_by: [`postmortem-${fact.id}`],
      due_date: dayAfter(tx.now, 14),
    },
  ]);
  await tx.tasks.create(tasks);
  return [`tasks created: ${tasks.map((task) => task.id).join(", ")}`];
}

function incidentTask(
  fact: IncidentFact,
  owner: string,
  cycle: string,
): Pick<NewTask, "type" | "owner" | "priority" | "module" | "rollback_condition" | "metadata"> {
  return {
    type: "incident",
    owner,
    priority: TaskPriority.CRITICAL,
    module: fact.module,
    rollback_condition: "none: this is the recovery itself",
    metadata: { incident: fact.id, cycle },
  };
}

/** Makes the tasks that a resolved P0's postmortem promised, with their own owners and days. */
export async function createPreventionTasks(
  tx: Transaction,
  incident: { id: string; module: string },
  postmortem: Postmortem,
): Promise<string[]> {
  const tasks = postmortem.prevention.map((item, index): NewTask => ({
    id: `prevention-${incident.id}-${index + 1}`,
    title: item.title,
    objective: `Prevent a repeat of ${incident.id}: ${postmortem.root_cause}`,
    type: "prevention",
    owner: item.owner,
    acceptance_criteria: [item.title],
    priority: TaskPriority.HIGH,
    module: incident.module,
    due_date: item.due_date,
    metadata: { incident: incident.id },
  }));
  await tx.tasks.create(tasks);
  return tasks.map((task) => task.id ?? "");
}

/** Schedules one remediation task per failing module that has none open, one to measure unknown signals, and says what the next cycle must check. */
export async function applyIntervene(
  tx: Transaction,
  cycle: Pick<CycleEntry, "id" | "reason">,
  { signals, unmeasured, modules }: Failing,
): Promise<Remediation> {
  const open = (await tx.tasks.list({ status: ["pending", "claimed", "in_progress"] })).filter(
    (task) => task.type === "remediation",
  );
  const known = listModules(await readModules(tx, true));
  const base = {
    type: "remediation",
    priority: TaskPriority.HIGH,
    due_date: dayAfter(tx.now, 7),
    metadata: { cycle: cycle.id },
  };
  const mending = known
    .filter(
      (module) =>
        modules.includes(module.name) &&
        !open.some((task) => task.module === module.name && task.id.endsWith(module.name)),
    )
    .map((module): NewTask => ({
      ...base,
      id: `remediate-${cycle.id}-${module.name}`,
      title: `Remediate ${module.name}`,
      objective: `Bring back ${signals.join(", ") || "health"}: ${cycle.reason}`,
      owner: module.owner,
      acceptance_criteria: module.health_signals,
      module: module.name,
      ...(module.tracks === "both" ? {} : { track: module.tracks }),
      kpi_impact: signals.join(", "),
      rollback_condition: "undo the change when the signal falls further by the next cycle",
    }));
  const measuring = known
    .filter(
      (module) =>
        module.name === MEASURING_MODULE && unmeasured.length > 0 && !open.some((task) => task.id.endsWith("-measure")),
    )
    .map((module): NewTask => ({
      ...base,
      id: `remediate-${cycle.id}-measure`,
      title: `Measure ${unmeasured.join(", ")}`,
      objective: "Make the unknown signals known from their sources; unknown never counts as up",
      owner: module.owner,
      acceptance_criteria: unmeasured.map(
        (signal) => `the trend of ${signal} is known from its source, or what is missing is written down`,
      ),
      module: module.name,
      kpi_impact: unmeasured.join(", "),
      rollback_condition: "none: measuring changes nothing",
    }));
  const created = await tx.tasks.create([...mending, ...measuring]);
  return { signals, modules, tasks: [...created.map((task) => task.id), ...open.map((task) => task.id)] };
}

/** Ends what a rollback paused: scale modules are active again. */
export async function resumeScale(tx: Transaction, reason: string): Promise<void> {
  const modules = await readModules(tx, true);
  if (listModules(modules).every((module) => module.status === "active")) return;
  await tx.documents.write(MODULES_DOCUMENT, resumeCore(modules, SCALE_CORE), { reason });
}
