import type { ToolContext as HostToolContext } from "@opencode-ai/plugin";
import type { Approval } from "../../lib/approvals.ts";
import { approvalQuestion, type Answer } from "../approval-desk.ts";
import { printable } from "../printable.ts";
import type { Sessions } from "./sessions.ts";

/** Longest permission id that a person can still read in the host's prompt; eight gate fields with their evidence fit. */
const MAX_QUESTION = 1000;

/** The permission id that the host shows: it carries the whole question, because the host shows nothing else. */
export function permissionId(row: Pick<Approval, "kind" | "summary">): string {
  // The host reads * and ? as wildcards; their wide forms say the same to a person.
  const text = printable(approvalQuestion(row)).replaceAll("*", "＊").replaceAll("?", "？").replace(/\s+/g, " ").trim();
  const characters = [...text];
  return characters.length > MAX_QUESTION ? `${characters.slice(0, MAX_QUESTION - 1).join("")}…` : text;
}

/** Calls whose question reached a person; a permission that was granted without one came from a rule of the user. */
export interface AskedCalls {
  note(callID: string): void;
  take(callID: string): boolean;
}

export function createAskedCalls(): AskedCalls {
  const asked = new Set<string>();
  return { note: (callID) => void asked.add(callID), take: (callID) => asked.delete(callID) };
}

type Call = Pick<HostToolContext, "sessionID" | "ask"> & { callID?: string };

/** Asks through the host's permission request; undefined where nobody could answer: deeper than a root's child a request hangs unseen, and a one-shot run rejects every one by itself. */
export async function askPerson(
  row: Approval,
  call: Call,
  { sessions, asked, oneShot }: { sessions: Sessions; asked: AskedCalls; oneShot: boolean },
): Promise<Answer | undefined> {
  if ((await sessions.depth(call.sessionID)) > 1) return undefined;
  try {
    await call.ask({
      permission: permissionId(row),
      patterns: [row.id],
      always: [],
      metadata: { approval: row.id, summary: row.summary },
    });
    return { approved: true, how: asked.take(call.callID ?? "") ? "host_prompt" : "user_rule" };
  } catch (error) {
    const refusal = refusalOf(error);
    if (!refusal) throw error;
    asked.take(call.callID ?? "");
    if (oneShot && refusal.how === "host_prompt") return undefined;
    return { approved: false, ...refusal };
  }
}

/** The host's permission errors carry `_tag`; anything else (an abort, a lost connection) is not an answer. */
function refusalOf(error: unknown): { how: Answer["how"]; reason?: string } | undefined {
  if (typeof error !== "object" || error === null || !("_tag" in error)) return undefined;
  if (error._tag === "PermissionRejectedError") return { how: "host_prompt" };
  if (error._tag === "PermissionCorrectedError") {
    return {
      how: "host_prompt",
      ...("feedback" in error && typeof error.feedback === "string" ? { reason: error.feedback } : {}),
    };
  }
  if (error._tag === "PermissionDeniedError") return { how: "user_rule", reason: "a permission rule denies it" };
  return undefined;
}
