import { parseHead, type ChainCheck, type LedgerHead } from "../../lib/ledger.ts";
import type { ObservationCheck } from "../../store/observations.ts";
import type { Transaction } from "../../store/store.ts";
import { replayAll, type Replay } from "./replay.ts";

/** Whether what the project remembers is what was recorded. */
export interface StateCheck {
  ok: boolean;
  ledger: ChainCheck;
  /** Heads that reports carry; each must still be part of the ledger. */
  heads: number;
  /** The first report whose head is not in the ledger any more. */
  report?: string;
  observations: ObservationCheck;
  /** Decisions that were made again, and those that came out differently. */
  decisions: number;
  different: Pick<Replay, "cycle" | "seq">[];
}

/** A line of its own, which no text that a report quotes can begin. */
const HEAD = /^Ledger head(?: at the decision)?: `(\d{1,15}:[0-9a-f]{64})`$/gm;

/** Checks the ledger's chain, the heads that reports carry, every batch of observations, and makes every decision again. */
export async function verifyState(tx: Transaction): Promise<StateCheck> {
  const reported = await reportedHeads(tx);
  const ledger = await tx.ledger.verify(reported.map(({ head }) => head));
  const observations = await tx.observations.verify();
  const replays = ledger.ok && observations.ok ? await replayAll(tx) : [];
  const different = replays.filter(({ same }) => !same).map(({ cycle, seq }) => ({ cycle, seq }));
  const report = ledger.ok ? undefined : reported.find(({ head }) => head.seq === ledger.seq)?.path;
  return {
    ok: ledger.ok && observations.ok && different.length === 0,
    ledger,
    heads: reported.length,
    ...(report === undefined ? {} : { report }),
    observations,
    decisions: replays.length,
    different,
  };
}

async function reportedHeads(tx: Transaction): Promise<{ path: string; head: LedgerHead }[]> {
  const found: { path: string; head: LedgerHead }[] = [];
  for (const path of await tx.artifacts.list("reports")) {
    if (!path.endsWith(".md")) continue;
    for (const [, text = ""] of ((await tx.artifacts.read(path)) ?? "").matchAll(HEAD)) {
      const head = parseHead(text);
      if (head) found.push({ path, head });
    }
  }
  return found;
}
