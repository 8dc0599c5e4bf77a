import { OhmymktError } from "../../errors.ts";
import { actorLabel, type Actor } from "../../lib/actor.ts";
import {
  beginCampaign,
  BOULDER_DOCUMENT,
  campaignObstacles,
  EXECUTION_DOCUMENT,
  type Boulder,
  type Execution,
} from "../../lib/campaign.ts";
import { resolvePlan } from "../../lib/plans.ts";
import { makeBoard, SPRINT_BOARD_DOCUMENT } from "../../lib/sprint-board.ts";
import type { Transaction } from "../../store/store.ts";
import { moveCampaignTo, resumeScale } from "./effects.ts";
import { gateReport, incidentFacts, knownPlans, type KnownPlan } from "./facts.ts";
import { seedNotepad } from "./notepads.ts";
import { readCycles, readExecution, readMetrics, taskPool } from "./seeds.ts";

export type StartOutcome =
  | { state: "active"; plan: string; tasks: number; archived?: string }
  | { state: "blocked"; plan: string; why: string[] };

/** Starts a campaign on a plan when nothing stands against it; blocked changes nothing but the ledger. */
export async function startCampaign(
  tx: Transaction,
  request: { plan?: string | undefined; endCurrent?: boolean | undefined; reason?: string | undefined },
  actor: Actor,
): Promise<StartOutcome> {
  const plan = resolvePlan(request.plan, (await knownPlans(tx)).plans);
  const current = await readExecution(tx);
  if (isOngoing(current) && !request.endCurrent) {
    throw new OhmymktError("invalid_transition", `the campaign on ${current.plan} is ${current.state}`, {
      hint:
        current.plan === plan.name && current.state !== "active"
          ? 'use action "resume"'
          : "use end_current: true to end and archive it first",
    });
  }
  const why = await startObstacles(tx, plan);
  if (why.length > 0) {
    await tx.ledger.append({ kind: "campaign.blocked", subject: plan.name, reason: why.join("; ") });
    return { state: "blocked", plan: plan.name, why };
  }
  const archived = isOngoing(current)
    ? await endCampaign(tx, actor, request.reason ?? `ended for ${plan.name}`)
    : undefined;
  const tasks = await begin(tx, plan, actor, request.reason ?? "all gates pass");
  return { state: "active", plan: plan.name, tasks, ...(archived ? { archived } : {}) };
}

/** What stands against starting on a plan; empty means nothing. */
export async function startObstacles(tx: Transaction, plan: KnownPlan): Promise<string[]> {
  return campaignObstacles({
    gates: await gateReport(tx, plan, true),
    incidents: await incidentFacts(tx),
    resuming: false,
  });
}

/** Whether the campaign was stopped by a person, a P0 or a rollback, so that only a person may set it aside. */
export function isHeld({ state }: Execution): boolean {
  return state === "paused" || state === "rolled_back";
}

/** Whether a campaign stands, running or held. */
export function isOngoing({ state }: Execution): boolean {
  return state === "active" || state === "paused" || state === "rolled_back";
}

async function begin(tx: Transaction, plan: KnownPlan, actor: Actor, reason: string): Promise<number> {
  const execution = beginCampaign(await readExecution(tx), plan, { at: tx.now, by: actorLabel(actor), reason });
  const board = makeBoard(plan.name, taskPool(), tx.now);
  const boulder: Boulder = {
    schema_version: 1,
    active_plan: plan.name,
    plan_path: `.ohmymkt/plans/${plan.name}.md`,
    started_at: tx.now,
  };
  await readMetrics(tx, true);
  await resumeScale(tx, `campaign on ${plan.name}`);
  await readCycles(tx, true);
  await seedNotepad(tx, plan.name);
  await tx.documents.write(SPRINT_BOARD_DOCUMENT, board, { reason: `sprint of ${plan.name}` });
  await tx.documents.write(BOULDER_DOCUMENT, boulder, { reason: `campaign on ${plan.name}` });
  await tx.documents.write(EXECUTION_DOCUMENT, execution, { reason });
  await tx.ledger.append({
    kind: "campaign.active",
    subject: plan.name,
    reason,
    evidence: { plan_hash: plan.hash },
    before: "none",
    after: "active",
  });
  return board.items.length;
}

/** Ends the campaign and keeps its board and state as a file; returns the file's path relative to `.ohmymkt/`. */
export async function endCampaign(tx: Transaction, actor: Actor, reason: string): Promise<string> {
  const execution = await moveCampaignTo(tx, "ended", actor, reason);
  const board = await tx.documents.read(SPRINT_BOARD_DOCUMENT);
  const path = `reports/summary/ended-${execution.plan}-${tx.now.slice(0, 19).replace(/[-:]/g, "")}.json`;
  await tx.artifacts.write(path, `${JSON.stringify({ execution, board: board ?? null }, null, 2)}\n`);
  await tx.documents.write(
    BOULDER_DOCUMENT,
    { schema_version: 1, active_plan: null, plan_path: null, started_at: null },
    { reason },
  );
  return path;
}
