import { z } from "zod";
import type { Config, MeasurementSettings } from "../../config.ts";
import type { Cadence } from "../../lib/cadence.ts";
import type { Execution } from "../../lib/campaign.ts";
import { cycleWindow } from "../../lib/cycle.ts";
import { Evidence, fieldKey, GATE_NAMES, GATES } from "../../lib/gates.ts";
import { GATE_SET, type FieldRecord } from "../../lib/gate-update.ts";
import { evaluateGates, type GateReport } from "../../lib/gate-report.ts";
import {
  governed,
  incidentFact,
  INCIDENTS,
  RecordedIncident,
  unreadableIncident,
  type Incident,
  type IncidentFact,
} from "../../lib/incidents.ts";
import { PLAN_REVIEW, planStatus, PLANS, resolvePlan, Review, type Plan, type PlanStatus } from "../../lib/plans.ts";
import { combine } from "../../lib/signal-reading.ts";
import { findConflicts, readSignals, type Conflict, type SignalReading } from "../../lib/trends.ts";
import type { Transaction, Unreadable } from "../../store/store.ts";
import { measureSignals } from "../measurement/measured-signals.ts";
import { readExecution, readGates } from "./seeds.ts";

/** A plan with the hash that reviews and approvals bind to, and where it stands. */
export interface KnownPlan extends Pick<Plan, "name" | "title" | "version" | "updated_at"> {
  plan: Plan;
  hash: string;
  status: PlanStatus;
  review?: Review;
}

/** Every readable plan with its status, and the files that could not be read. */
export async function knownPlans(tx: Transaction): Promise<{ plans: KnownPlan[]; unreadable: Unreadable[] }> {
  const { readable, unreadable } = await tx.documents.list(PLANS);
  const plans = await Promise.all(
    readable.map(async ({ id, value, hash }) => {
      const row = await tx.ledger.latest(PLAN_REVIEW, id);
      const review = Review.safeParse(row?.after).data;
      return {
        name: id,
        title: value.title,
        version: value.version,
        updated_at: value.updated_at,
        plan: value,
        hash,
        status: planStatus(hash, review),
        ...(review ? { review } : {}),
      };
    }),
  );
  return { plans, unreadable };
}

const Recorded = z.object({ value: z.union([z.boolean(), z.number()]), evidence: Evidence.optional() });

/** The five gates for a plan, judged against what the ledger recorded; `seed` writes gates.json while there is none. */
export async function gateReport(
  tx: Transaction,
  plan: { name: string; hash: string } | undefined,
  seed = false,
): Promise<GateReport> {
  const gates = await readGates(tx, seed);
  const keys = GATE_NAMES.flatMap((gate) => Object.keys(GATES[gate].fields).map((field) => fieldKey(gate, field)));
  const records = new Map<string, FieldRecord>();
  for (const key of keys) {
    const recorded = Recorded.safeParse((await tx.ledger.latest(GATE_SET, key))?.after);
    if (recorded.success) records.set(key, recorded.data);
  }
  return evaluateGates(gates, { now: tx.now, recorded: (key) => records.get(key), plan });
}

/** Every incident as the rules see it; a file that cannot be read is an open P0. */
export async function incidentFacts(tx: Transaction): Promise<IncidentFact[]> {
  const { readable, unreadable } = await tx.documents.list(INCIDENTS);
  return [
    ...(await Promise.all(readable.map(async ({ value }) => incidentFact(await governedIncident(tx, value))))),
    ...unreadable.map((file) => unreadableIncident(file.id, file.error.message)),
  ].toSorted((a, b) => a.created_at.localeCompare(b.created_at) || a.id.localeCompare(b.id));
}

/** An incident as the rules take it: the file, unless the ledger says something graver. */
export async function governedIncident(tx: Transaction, incident: Incident): Promise<Incident> {
  const [row] = await tx.ledger.list({ kind: "incident.*", subject: incident.id, limit: 1 });
  return governed(incident, RecordedIncident.safeParse(row?.after).data);
}

/** What the readings of a decision rest on beside the observations; the ledger keeps it. */
export interface SignalBasis {
  cadence: Cadence;
  /** ISO instant at which the windows end. */
  at: string;
  /** Only observations up to this sequence number count. */
  observations: number;
  source_order: readonly string[];
  tracking_changes: MeasurementSettings["tracking_changes"];
  incidents: readonly IncidentFact[];
}

/** The basis of a reading that is made now. */
export async function signalBasis(
  tx: Transaction,
  cadence: Cadence,
  { source_order, measurement: { tracking_changes } }: Config,
  incidents?: readonly IncidentFact[],
): Promise<SignalBasis> {
  const observations = await tx.observations.lastSeq();
  const facts = incidents ?? (await incidentFacts(tx));
  return { cadence, at: tx.now, observations, source_order, tracking_changes, incidents: facts };
}

/** The four signals, measured where there is enough data, else as they were declared inside the cadence's window, and all conflicts in that window. */
export async function signalFacts(
  tx: Transaction,
  basis: SignalBasis,
): Promise<{ readings: SignalReading[]; conflicts: Conflict[] }> {
  const { cadence, at, source_order: order } = basis;
  const { from } = cycleWindow(cadence, at);
  const observations = await tx.observations.list({ from, to: at, asOf: basis.observations });
  const measured = await measureSignals(tx, {
    cadence,
    at,
    asOf: basis.observations,
    sourceOrder: order,
    trackingChanges: basis.tracking_changes,
    incidents: basis.incidents,
  });
  const window = { from, now: at };
  const conflicts = findConflicts(observations, window, order);
  const readings = readSignals(observations, window, order);
  return { readings: readings.map((one) => combine(one, measured.get(one.signal), conflicts)), conflicts };
}

/** The plan that gates are judged for: the running campaign's, else the newest. */
export function planInForce(plans: readonly KnownPlan[], execution: Execution): KnownPlan | undefined {
  const running = execution.state !== "none" && execution.state !== "ended";
  const named = running ? plans.find((plan) => plan.name === execution.plan) : undefined;
  return named ?? (plans.length > 0 ? resolvePlan(undefined, plans) : undefined);
}

/** Everything that start, cycle, health and compaction look at together. */
export interface Standing {
  plans: KnownPlan[];
  unreadablePlans: Unreadable[];
  execution: Execution;
  plan: KnownPlan | undefined;
  gates: GateReport;
  incidents: IncidentFact[];
}

/** Reads the standing of the project in one transaction. */
export async function readStanding(tx: Transaction): Promise<Standing> {
  const { plans, unreadable } = await knownPlans(tx);
  const execution = await readExecution(tx);
  const plan = planInForce(plans, execution);
  return {
    plans,
    unreadablePlans: unreadable,
    execution,
    plan,
    gates: await gateReport(tx, plan),
    incidents: await incidentFacts(tx),
  };
}
