import { z } from "zod";
import { OhmymktError } from "../../errors.ts";
import type { Approval } from "../../lib/approvals.ts";
import { defineTool } from "./define.ts";

interface Answer {
  id: string;
  kind: Approval["kind"];
  summary: string;
  status: string;
  reason?: string;
}

export const approvals = defineTool({
  name: "ohmymkt_approvals",
  summary: "List approvals that wait, or ask the person for them (from the root session).",
  args: {
    action: z.enum(["list", "ask"]),
    ids: z.array(z.string()).max(50).optional(),
  },
  async run({ action, ids }, context): Promise<{ answers: Answer[] }> {
    const pending = await context.transact((tx) => tx.approvals.list({ status: "pending" }));
    const unknown = (ids ?? []).filter((id) => !pending.some((row) => row.id === id));
    if (unknown.length > 0) {
      throw new OhmymktError("not_found", `no approval waits under ${unknown.join(", ")}`, {
        hint:
          pending.length > 0
            ? `these wait: ${pending.map((row) => row.id).join(", ")}`
            : "none waits; it may be answered already: repeat the call that needed it",
      });
    }
    const chosen = ids ? pending.filter((row) => ids.includes(row.id)) : pending;
    if (action === "list") return { answers: chosen.map(toAnswer) };
    const answers: Answer[] = [];
    for (const row of chosen) answers.push(await answer(row, context.decide));
    return { answers };
  },
  render: ({ answers }) =>
    answers.length === 0
      ? "No approval waits."
      : answers
          .map(
            (one) =>
              `- ${one.id} ${one.kind}: ${one.summary} — ${one.status}${one.reason ? `: ${one.reason}` : ""}${one.status === "approved" ? "; the call that needed it can be made again now" : ""}`,
          )
          .join("\n"),
});

function toAnswer({ id, kind, summary, status, reason }: Approval): Answer {
  return { id, kind, summary, status, ...(reason ? { reason } : {}) };
}

/** One question; a no is an answer, not an error, so that the others are still asked. */
async function answer(row: Approval, decide: (row: Approval) => Promise<Approval>): Promise<Answer> {
  try {
    return toAnswer(await decide(row));
  } catch (error) {
    if (error instanceof OhmymktError && (error.code === "approval_rejected" || error.code === "approval_required")) {
      return {
        ...toAnswer(row),
        status: error.code === "approval_rejected" ? "rejected" : "still waiting",
        reason: error.message,
      };
    }
    throw error;
  }
}
