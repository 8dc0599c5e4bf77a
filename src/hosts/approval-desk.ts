import { OhmymktError } from "../errors.ts";
import type { Actor } from "../lib/actor.ts";
import type { Approval, DecidedHow } from "../lib/approvals.ts";
import type { Store, Transaction } from "../store/store.ts";
import type { ApprovalRequest } from "../tools/ohmymkt/define.ts";

/** What a person said, and where; `reason` goes back to the caller when the answer is no. */
export interface Answer {
  approved: boolean;
  how: DecidedHow;
  reason?: string | undefined;
}

export interface ApprovalDeskOptions {
  store: Pick<Store, "transaction">;
  actor: Actor;
  /** The tool that the ledger names as the cause. */
  tool: string;
  /** Puts the question to a person, outside any transaction; undefined means that nobody could be asked or answered, and the row stays pending. */
  ask: (row: Approval) => Promise<Answer | undefined>;
  /** The next step that `approval_required` names for this row. */
  howToAllow?: (row: Approval) => string;
}

/** Where a host obtains approvals: the approved row for exactly this subject; throws `approval_required`, `approval_rejected` or `stale`. */
export interface ApprovalDesk {
  approve(request: ApprovalRequest): Promise<Approval>;
  /** Asks for a row that waits already; throws as `approve` does. */
  decide(row: Approval): Promise<Approval>;
}

/** The part of asking that every host shares: a row that was granted before counts, a new question is durable before anybody sees it, and so is the answer. */
export function createApprovalDesk(options: ApprovalDeskOptions): ApprovalDesk {
  const { store, actor, tool, ask, howToAllow = defaultHint } = options;
  const transact = <T>(work: (tx: Transaction) => Promise<T>): Promise<T> => store.transaction({ actor, tool }, work);
  const decide = async (row: Approval): Promise<Approval> => {
    const answer = await ask(row);
    if (answer === undefined) {
      throw new OhmymktError("approval_required", `approval needed: ${row.id} (${approvalQuestion(row)})`, {
        hint: howToAllow(row),
      });
    }
    return accepted(await transact((tx) => decideApproval(tx, row.id, answer)));
  };
  return {
    decide,
    async approve(request) {
      const row = await transact(
        async ({ approvals }) => (await approvals.granted(request.kind, request.subject)) ?? approvals.request(request),
      );
      return row.status === "approved" ? row : decide(row);
    },
  };
}

/** The line that a person is asked, the same in every host: "approve gate: …". */
export function approvalQuestion(row: Pick<Approval, "kind" | "summary">): string {
  return `approve ${row.kind}: ${row.summary}`;
}

/** Records the answer; a row that somebody else answered in the meantime is returned as it stands. */
export async function decideApproval(
  tx: Pick<Transaction, "approvals">,
  id: string,
  answer: Answer,
): Promise<Approval> {
  const present = await tx.approvals.get(id);
  if (present !== undefined && present.status !== "pending") return present;
  const { approved, how, reason } = answer;
  return tx.approvals.decide(id, reason === undefined ? { approved, how } : { approved, how, reason });
}

function accepted(row: Approval): Approval {
  if (row.status === "approved") return row;
  if (row.status === "rejected") {
    throw new OhmymktError(
      "approval_rejected",
      `a person said no to "${row.summary}"${row.reason ? `: ${row.reason}` : ""}`,
      {
        hint: "nothing was changed; take the answer into account before you ask again",
      },
    );
  }
  throw new OhmymktError("stale", `approval ${row.id} is ${row.status}; expected it to be approved`, {
    hint: "make the same call again to ask anew",
  });
}

function defaultHint(row: Approval): string {
  return `a person answers ${row.id} in the host or with \`ohmymkt approvals\`; then repeat the same call`;
}
