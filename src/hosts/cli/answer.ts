import type { Approval } from "../../lib/approvals.ts";
import { approvalQuestion, type Answer } from "../approval-desk.ts";
import { printable } from "../printable.ts";
import type { Terminal } from "./terminal.ts";

/** Puts one approval to the person at the terminal; undefined when nobody sits there and `--yes` was not given. */
export async function answerApproval(
  row: Approval,
  options: { terminal: Terminal; yes: boolean },
): Promise<Answer | undefined> {
  const { terminal, yes } = options;
  const question = printable(approvalQuestion(row));
  if (yes) {
    terminal.err(`${question}\napproved with --yes\n`);
    return { approved: true, how: "cli_yes" };
  }
  if (!terminal.interactive) return undefined;
  const line = await terminal.ask(`${question} [y/N] `);
  if (line === undefined) return undefined;
  if (/^\s*y(es)?\s*$/i.test(line)) return { approved: true, how: "cli_prompt" };
  const reason = (await terminal.ask("Why not? (optional) "))?.trim();
  return { approved: false, how: "cli_prompt", reason: reason || undefined };
}
