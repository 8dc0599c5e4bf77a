import type { Config } from "../../config.ts";
import { planActions, updateActions } from "../../lib/actions.ts";
import type { Actor } from "../../lib/actor.ts";
import type { Cadence } from "../../lib/cadence.ts";
import { CYCLES_DOCUMENT, cycleWindow, lastMending, overdueCadences, type CycleEntry } from "../../lib/cycle.ts";
import { decideCycle, RULES_VERSION, type CycleDecision, type CycleFacts } from "../../lib/cycle-decision.ts";
import { failing } from "../../lib/decision.ts";
import { formatHead } from "../../lib/ledger.ts";
import { DOCUMENTS } from "../../lib/registry.ts";
import type { Conflict, SignalReading } from "../../lib/trends.ts";
import type { Transaction } from "../../store/store.ts";
import { localDay } from "../../lib/days.ts";
import { renderCycleReport } from "../reports/cycle.ts";
import { applyIntervene, applyRollback, rolledBack } from "./effects.ts";
import { readStanding, signalBasis, signalFacts, type Standing } from "./facts.ts";
import { CYCLE_DECIDED, type DecisionRecord } from "./decision-record.ts";
import { actionTemplates, readCycles } from "./seeds.ts";

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
  const basis = await signalBasis(tx, request.cadence, config, standing.incidents);
  const { readings, conflicts } = await signalFacts(tx, basis);
  const before = await readCycles(tx, true);
  const earlier = updateActions(before.cycles, request.actions);
  const facts = await cycleFacts(tx, request.cadence, standing, before.cycles);
  const decision = decideCycle(facts, readings);
  const head = await tx.ledger.head();
  await tx.ledger.append({
    kind: CYCLE_DECIDED,
    subject: request.id,
    reason: decision.reason,
    evidence: {
      facts,
      rules_version: RULES_VERSION,
      observations: basis.observations,
      source_order: [...basis.source_order],
      tracking_changes: basis.tracking_changes,
    } satisfies DecisionRecord,
    after: decision,
  });
  const done = await carryOut(tx, request.id, decision, standing, readings, actor);
  const cycle: CycleEntry = {
    id: request.id,
    cadence: request.cadence,
    at: tx.now,
    window: facts.window,
    ...decision,
    actions: planActions(
      {
        cycle: request.id,
        cadence: request.cadence,
        decision: decision.decision,
        now: tx.now,
        blocked: decision.scale_reasons,
      },
      actionTemplates(),
    ),
    effects: done.effects,
    ...(done.remediation ? { remediation: done.remediation } : {}),
    report: `reports/${request.cadence}/${localDay(tx.now, config.timezone)}-${request.id}.md`,
    ledger_head: formatHead(head),
    rules_version: RULES_VERSION,
  };
  await tx.documents.write(
    CYCLES_DOCUMENT,
    { schema_version: 1, cycles: [...earlier, cycle] },
    { reason: `${cycle.cadence}: ${cycle.decision}` },
  );
  await tx.artifacts.write(
    cycle.report,
    renderCycleReport(cycle, {
      conflicts,
      plan: standing.plan?.name,
      openActions: openActions(earlier),
      overdue: overdueCadences([...earlier, cycle], standing.execution.started_at, tx.now),
      sources: new Map(readings.flatMap(({ signal, source }) => (source === undefined ? [] : [[signal, source]]))),
    }),
  );
  return { cycle, conflicts };
}

async function cycleFacts(
  tx: Transaction,
  cadence: Cadence,
  { incidents, gates, execution }: Standing,
  cycles: readonly CycleEntry[],
): Promise<CycleFacts> {
  const mending = lastMending(cycles);
  return {
    cadence,
    at: tx.now,
    window: cycleWindow(cadence, tx.now),
    incidents,
    rolled_back: await rolledBack(tx, incidents),
    failing_gates: gates.gates.filter((gate) => !gate.pass).map((gate) => gate.gate),
    campaign: execution.state,
    ...(mending ? { mending } : {}),
  };
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
  { decision, reason, incidents }: CycleDecision,
  standing: Standing,
  readings: readonly SignalReading[],
  actor: Actor,
): Promise<{ effects: string[]; remediation?: CycleEntry["remediation"] }> {
  const p0 = standing.incidents.filter((fact) => incidents.includes(fact.id));
  if (decision === "rollback") return { effects: await applyRollback(tx, p0, id, actor) };
  if (decision === "continue") return { effects: [] };
  const remediation = await applyIntervene(tx, { id, reason }, failing(readings, standing.incidents));
  return { effects: [`remediation scheduled: ${remediation.tasks.join(", ") || "none new"}`], remediation };
}
