import type { Config } from "../../config.ts";
import { planActions, updateActions } from "../../lib/actions.ts";
import type { Actor } from "../../lib/actor.ts";
import type { Cadence } from "../../lib/cadence.ts";
import {
  CYCLES_DOCUMENT,
  cycleWindow,
  decide,
  failing,
  recovery,
  RULES_VERSION,
  scaleReasons,
  type CycleEntry,
  type Verdict,
} from "../../lib/cycle.ts";
import { openP0s } from "../../lib/incidents.ts";
import { DOCUMENTS } from "../../lib/registry.ts";
import type { Conflict, SignalReading } from "../../lib/trends.ts";
import type { Transaction } from "../../store/store.ts";
import { localDay } from "../../lib/days.ts";
import { renderCycleReport } from "../reports/cycle.ts";
import { applyIntervene, applyRollback } from "./effects.ts";
import { readStanding, signalFacts, type Standing } from "./facts.ts";
import { actionTemplates, readCycles, readExecution } from "./seeds.ts";

export interface CycleResult {
  cycle: CycleEntry;
  conflicts: Conflict[];
}

type ActionChange = { id: string; status: "done" | "deferred"; reason?: string | undefined };

/** Runs one cycle: closes earlier actions, decides, carries out the effects, writes report and entry. */
export async function runCycle(
  tx: Transaction,
  request: { id: string; cadence: Cadence; actions: readonly ActionChange[] },
  actor: Actor,
  config: Config,
): Promise<CycleResult> {
  await assertReadable(tx);
  const standing = await readStanding(tx);
  const { readings, conflicts } = await signalFacts(tx, request.cadence, config);
  const before = await readCycles(tx, true);
  const earlier = updateActions(before.cycles, request.actions);
  const window = cycleWindow(request.cadence, tx.now);
  const verdict = decide({ readings, incidents: standing.incidents, from: window.from });
  const head = await tx.ledger.head();
  await tx.ledger.append({
    kind: "cycle.decided",
    subject: request.id,
    reason: verdict.reason,
    evidence: {
      cadence: request.cadence,
      window,
      readings,
      incidents: standing.incidents,
      head: head.hash,
      rules_version: RULES_VERSION,
    },
    after: { decision: verdict.decision, rule: verdict.rule, tracks: verdict.tracks },
  });
  const done = await carryOut(tx, request.id, verdict, standing, readings, actor);
  const scale = scaleReasons({
    decision: verdict.decision,
    campaign: (await readExecution(tx)).state,
    failingGates: standing.gates.gates.filter((gate) => !gate.pass).map((gate) => gate.gate),
    openP0: openP0s(standing.incidents).length,
  });
  const cycle: CycleEntry = {
    id: request.id,
    cadence: request.cadence,
    at: tx.now,
    window,
    decision: verdict.decision,
    rule: verdict.rule,
    reason: verdict.reason,
    tracks: verdict.tracks,
    signals: readings.map(({ signal, trend, basis, observations, why }) => ({
      signal,
      trend,
      basis,
      observations,
      why,
    })),
    incidents: verdict.p0.map((fact) => fact.id),
    scale: scale.length > 0 ? "blocked" : "open",
    scale_reasons: scale,
    actions: planActions(
      { cycle: request.id, cadence: request.cadence, decision: verdict.decision, now: tx.now, blocked: scale },
      actionTemplates(),
    ),
    effects: done.effects,
    ...(done.remediation ? { remediation: done.remediation } : {}),
    recovery: recovery(earlier, readings),
    report: `reports/${request.cadence}/${localDay(tx.now, config.timezone)}-${request.id}.md`,
    ledger_head: head.hash,
    rules_version: RULES_VERSION,
  };
  await tx.documents.write(
    CYCLES_DOCUMENT,
    { schema_version: 1, cycles: [...earlier, cycle] },
    { reason: `${cycle.cadence}: ${cycle.decision}` },
  );
  await tx.artifacts.write(
    cycle.report,
    renderCycleReport(cycle, { conflicts, plan: standing.plan?.name, openActions: openActions(earlier) }),
  );
  return { cycle, conflicts };
}

/** A torn state file stops the cycle, even one that this decision would not look into: unreadable evidence fails closed. */
async function assertReadable(tx: Transaction): Promise<void> {
  for (const { document, governs } of DOCUMENTS) if (governs) await tx.documents.read(document);
}

function openActions(entries: readonly CycleEntry[]): CycleEntry["actions"] {
  return entries.flatMap((entry) => entry.actions.filter((action) => action.status === "open"));
}

async function carryOut(
  tx: Transaction,
  id: string,
  verdict: Verdict,
  standing: Standing,
  readings: readonly SignalReading[],
  actor: Actor,
): Promise<{ effects: string[]; remediation?: CycleEntry["remediation"] }> {
  if (verdict.decision === "rollback") return { effects: await applyRollback(tx, verdict.p0, id, actor) };
  if (verdict.decision === "continue") return { effects: [] };
  const remediation = await applyIntervene(tx, { id, reason: verdict.reason }, failing(readings, standing.incidents));
  return { effects: [`remediation scheduled: ${remediation.tasks.join(", ") || "none new"}`], remediation };
}
