import { z } from "zod";
import { OhmymktError } from "../errors.ts";
import { dayAfter } from "./days.ts";
import { CADENCE_NAMES, DECISIONS, type Cadence, type Decision } from "./cadence.ts";

export const Action = z.strictObject({
  id: z.string(),
  title: z.string(),
  owner: z.string(),
  due_date: z.iso.date(),
  status: z.enum(["open", "done", "deferred"]),
  reason: z.string().optional(),
});
export type Action = z.infer<typeof Action>;

/** One line of the action template: which cadences and decisions it belongs to. */
export const ActionTemplate = z.strictObject({
  title: z.string(),
  owner: z.string(),
  due_days: z.int().nonnegative(),
  cadences: z.array(z.enum(CADENCE_NAMES)),
  decisions: z.array(z.enum(DECISIONS)),
});

/** The actions of a cycle: what blocks scaling first, then the bundle of its cadence and decision. */
export function planActions(
  input: { cycle: string; cadence: Cadence; decision: Decision; now: string; blocked: readonly string[] },
  templates: readonly z.infer<typeof ActionTemplate>[],
): Action[] {
  const chosen = templates.filter(
    (line) => line.cadences.includes(input.cadence) && line.decisions.includes(input.decision),
  );
  const owner = templates[0]?.owner ?? "person";
  const lines = [...input.blocked.map((why) => ({ title: `Do not scale: ${why}`, owner, due_days: 0 })), ...chosen];
  return lines.map((line, index) => ({
    id: `${input.cycle}-a${index + 1}`,
    title: line.title,
    owner: line.owner,
    due_date: dayAfter(input.now, line.due_days),
    status: "open",
  }));
}

/** Closes or defers earlier actions wherever they stand; deferring needs a reason. Throws `not_found` or `invalid_arguments`. */
export function updateActions<E extends { actions: Action[] }>(
  entries: readonly E[],
  changes: readonly { id: string; status: "done" | "deferred"; reason?: string | undefined }[],
): E[] {
  const known = new Set(entries.flatMap((entry) => entry.actions.map((action) => action.id)));
  for (const change of changes) {
    if (!known.has(change.id)) {
      throw new OhmymktError("not_found", `there is no action ${JSON.stringify(change.id)}`, {
        hint: 'see ohmymkt_read_state {file: "cycles"}',
      });
    }
    if (change.status === "deferred" && !change.reason?.trim()) {
      throw new OhmymktError("invalid_arguments", `action ${change.id} cannot be deferred without a reason`, {
        hint: "add reason",
      });
    }
  }
  const byId = new Map(changes.map((change) => [change.id, change]));
  const updated = (action: Action): Action => {
    const change = byId.get(action.id);
    return change ? { ...action, status: change.status, ...(change.reason ? { reason: change.reason } : {}) } : action;
  };
  return entries.map((entry) => ({ ...entry, actions: entry.actions.map(updated) }));
}
