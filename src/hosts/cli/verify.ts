import { OhmymktError } from "../../errors.ts";
import type { OperatorCommand } from "./operator.ts";
import { operate } from "./session.ts";

/** Checks the hash chain of the ledger from its first row to its last. */
export const verify: OperatorCommand = {
  name: "verify",
  summary: "Check that no row of the ledger was changed, removed or inserted.",
  options: {},
  async run(_input, session) {
    const check = await operate(session, "verify", ({ ledger }) => ledger.verify());
    if (!check.ok) {
      throw new OhmymktError("corrupt_document", `the ledger is broken at row ${check.seq}: ${check.problem}`, {
        hint: "rows from there on prove nothing; compare .ohmymkt/ohmymkt.db with a backup and keep both",
      });
    }
    return { value: check, text: `The ledger is whole: ${check.rows} rows, head ${check.head}` };
  },
};
