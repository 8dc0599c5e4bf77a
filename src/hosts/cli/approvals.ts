import { OhmymktError } from "../../errors.ts";
import { actorLabel } from "../../lib/actor.ts";
import type { Approval } from "../../lib/approvals.ts";
import type { ToolOutcome } from "../../tools/ohmymkt/define.ts";
import { approvalQuestion, decideApproval, type Answer } from "../approval-desk.ts";
import { printable } from "../printable.ts";
import { answerApproval } from "./answer.ts";
import { refuseAgents } from "./agent-shell.ts";
import { textOption, type OperatorCommand, type OperatorInput } from "./operator.ts";
import { operate, type Session } from "./session.ts";

const COMMAND = "approvals";

/** Answers what agents are waiting for; it stands in for the agents' tool of the same name, which cannot answer from here. */
export const approvals: OperatorCommand = {
  name: COMMAND,
  summary: "List the approvals that wait for a person, and answer them.",
  positional: {
    syntax: "[action]",
    description: "list, or ask one after the other; without it: ask on a terminal, list elsewhere",
    choices: ["list", "ask"],
  },
  options: {
    "--approve <id>": "say yes to this one",
    "--reject <id>": "say no to this one",
    "--reason <text>": "why not; the agent reads it",
  },
  async run(input, session) {
    const direct = directAnswer(input);
    if (direct !== undefined) refuseAgents(session.effects, "answer an approval");
    if (direct !== undefined) return answered([await decide(session, direct.id, direct.answer)]);
    if (!(await session.store.exists())) return listed([]);
    const pending = await operate(session, COMMAND, (tx) => tx.approvals.list({ status: "pending" }));
    const ask = input.positional === "ask" || (input.positional === undefined && session.effects.terminal.interactive);
    if (!ask || pending.length === 0) return listed(pending);
    return answered(await askEach(session, pending));
  },
};

function directAnswer(input: OperatorInput): { id: string; answer: Answer } | undefined {
  const approve = textOption(input, "approve");
  const reject = textOption(input, "reject");
  const reason = textOption(input, "reason");
  if (approve !== undefined && reject !== undefined)
    throw usage("expected either --approve or --reject, got both", "answer one after the other");
  if (reason !== undefined && reject === undefined) throw usage("--reason goes with --reject", "add --reject <id>");
  if (approve !== undefined) return { id: approve, answer: { approved: true, how: "cli_yes" } };
  if (reject !== undefined) return { id: reject, answer: { approved: false, how: "cli_yes", reason } };
  return undefined;
}

/** Unlike the desk, an explicit answer to a row that was answered before is an error. */
async function decide(session: Session, id: string, { approved, how, reason }: Answer): Promise<Approval> {
  return operate(session, COMMAND, (tx) =>
    tx.approvals.decide(id, reason === undefined ? { approved, how } : { approved, how, reason }),
  );
}

async function askEach(session: Session, pending: readonly Approval[]): Promise<Approval[]> {
  const { terminal } = session.effects;
  const rows: Approval[] = [];
  for (const row of pending) {
    terminal.err(`${printable(heading(row))}\n`);
    const answer = await answerApproval(row, { terminal, yes: session.yes });
    if (answer === undefined) break;
    rows.push(await operate(session, COMMAND, (tx) => decideApproval(tx, row.id, answer)));
  }
  if (rows.length > 0) return rows;
  throw new OhmymktError(
    "approval_required",
    `nobody answered; approvals that wait: ${pending.map(({ id }) => id).join(", ")}`,
    { hint: "run it on a terminal, or answer with --approve <id> or --reject <id>" },
  );
}

function listed(rows: readonly Approval[]): ToolOutcome {
  const text =
    rows.length === 0
      ? "Nothing waits for an approval."
      : rows.map((row) => `${heading(row)}\n  ${approvalQuestion(row)}`).join("\n");
  return { value: { pending: rows }, text: printable(text) };
}

function answered(rows: readonly Approval[]): ToolOutcome {
  const lines = rows.map((row) => `${row.id} is ${row.status}: ${row.summary}${row.reason ? ` (${row.reason})` : ""}`);
  return { value: { answered: rows }, text: printable(lines.join("\n")) };
}

function heading(row: Approval): string {
  return `${row.id}  asked by ${actorLabel(row.requested_by)} at ${row.requested_at}`;
}

function usage(message: string, hint: string): OhmymktError {
  return new OhmymktError("invalid_arguments", message, { hint });
}
