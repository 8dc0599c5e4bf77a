import { canonicalJson } from "../../lib/canonical.ts";
import { rulesOf } from "../../lib/cycle-decision.ts";
import { OhmymktError } from "../../errors.ts";
import type { LedgerRow } from "../../lib/ledger.ts";
import type { Transaction } from "../../store/store.ts";
import { CYCLE_DECIDED, DecisionRecord } from "./decision-record.ts";
import { signalFacts } from "./facts.ts";

/** A past decision made again; both are canonical JSON, and `same` means byte for byte. */
export interface Replay {
  cycle: string;
  seq: number;
  same: boolean;
  recorded: string;
  replayed: string;
}

/** Makes a past decision again from the ledger and the observations, by the rules of its time. Throws `not_found`, or `newer_version` for rules that this version does not have. */
export async function replayCycle(tx: Transaction, cycle: string): Promise<Replay> {
  const row = await tx.ledger.latest(CYCLE_DECIDED, cycle);
  if (row) return replayRow(tx, row);
  throw new OhmymktError("not_found", `the ledger has no decision of cycle ${JSON.stringify(cycle)}`, {
    hint: 'see ohmymkt_read_state {file: "cycles"}',
  });
}

/** Makes every decision of the ledger again, oldest first. */
export async function replayAll(tx: Transaction): Promise<Replay[]> {
  const replays: Replay[] = [];
  for (const row of (await tx.ledger.list({ kind: CYCLE_DECIDED })).toReversed())
    replays.push(await replayRow(tx, row));
  return replays;
}

async function replayRow(tx: Transaction, { subject, seq, evidence, after }: LedgerRow): Promise<Replay> {
  const record = DecisionRecord.safeParse(evidence);
  if (!record.success) {
    const version =
      typeof evidence === "object" && evidence !== null && "rules_version" in evidence ? evidence.rules_version : 0;
    rulesOf(Number(version));
    throw new OhmymktError("corrupt_document", `ledger row ${seq} does not hold the facts of a decision`, {
      hint: "check the ledger with ohmymkt verify",
    });
  }
  const { facts, rules_version, observations, source_order, tracking_changes } = record.data;
  const { cadence, at, incidents } = facts;
  const decide = rulesOf(rules_version);
  const { readings } = await signalFacts(tx, { cadence, at, observations, source_order, tracking_changes, incidents });
  const recorded = canonicalJson(after);
  const replayed = canonicalJson(decide(facts, readings));
  return { cycle: subject, seq, same: recorded === replayed, recorded, replayed };
}
