import { OhmymktError } from "../../errors.ts";
import { verifyState, type StateCheck } from "../../features/governance/verify-state.ts";
import type { OperatorCommand } from "./operator.ts";
import { operate } from "./session.ts";

/** Checks the ledger, the observations and every decision that was made from them. */
export const verify: OperatorCommand = {
  name: "verify",
  summary: "Check ledger and observations against what was recorded, and make every past decision again.",
  options: {},
  async run(_input, session) {
    const check = await operate(session, "verify", verifyState);
    const problem = problemOf(check);
    if (problem)
      throw new OhmymktError("corrupt_document", problem, {
        hint: "what comes after it proves nothing; compare .ohmymkt/ohmymkt.db with a backup and keep both",
      });
    const { ledger, heads, observations, decisions } = check;
    const rows = ledger.ok ? `${ledger.rows} rows, head ${ledger.head}` : "";
    const values = observations.ok ? `${observations.rows} observations in ${observations.batches} batches` : "";
    const text = `The ledger is whole: ${rows}; heads of reports that are part of it: ${heads}\nAs recorded: ${values}\nDecisions made again, byte for byte the same: ${decisions}`;
    return { value: check, text };
  },
};

function problemOf({ ledger, report, observations, different }: StateCheck): string | undefined {
  if (!ledger.ok)
    return `the ledger is broken at row ${ledger.seq}: ${ledger.problem}${report ? ` (.ohmymkt/${report} carries another hash)` : ""}`;
  if (!observations.ok)
    return `the observations of batch ${observations.batch} are not as recorded${observations.observation ? `, from ${observations.observation} on` : ""}: ${observations.problem}`;
  const [first] = different;
  return (
    first && `the decision of ${first.cycle} (ledger row ${first.seq}) comes out differently when it is made again`
  );
}
