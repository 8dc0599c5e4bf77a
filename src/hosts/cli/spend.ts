import { OhmymktError } from "../../errors.ts";
import { resolveCall, uncertainCalls } from "../../features/media/uncertain-calls.ts";
import type { PaidCall } from "../../lib/paid-calls.ts";
import { moneyText } from "../../lib/spend.ts";
import type { ToolOutcome } from "../../tools/ohmymkt/define.ts";
import { printable } from "../printable.ts";
import { refuseAgents } from "./agent-shell.ts";
import { textOption, type OperatorCommand } from "./operator.ts";
import { operate } from "./session.ts";

/** Calls that cost money and whose answer was lost count as spent until somebody has looked into the provider's account. */
export const spend: OperatorCommand = {
  name: "spend",
  summary: "List the paid calls that may have been charged, and record what the provider's account shows.",
  options: {
    "--charged <id>": "it was charged: it stays spent",
    "--not-charged <id>": "it was not: its estimate goes back to the budget",
  },
  async run(input, session) {
    const [charged, free] = [textOption(input, "charged"), textOption(input, "notCharged")];
    if (charged !== undefined && free !== undefined)
      throw new OhmymktError("invalid_arguments", "expected either --charged or --not-charged, got both", {
        hint: "resolve one after the other",
      });
    const id = charged ?? free;
    if (id !== undefined) refuseAgents(session.effects, "resolve what was charged");
    if (id === undefined && !(await session.store.exists())) return listed([]);
    const world = await session.effects.world();
    return operate(session, "spend", async (tx) =>
      id === undefined
        ? listed(await uncertainCalls(tx, world))
        : resolved(await resolveCall(tx, world, id, charged !== undefined)),
    );
  },
};

function resolved(call: PaidCall): ToolOutcome {
  const end = call.state === "released" ? "is back in the budget" : "stays spent";
  return { value: { resolved: call }, text: printable(`${line(call)}: ${end}.`) };
}

function listed(calls: readonly PaidCall[]): ToolOutcome {
  if (calls.length === 0) return { value: { uncertain: [] }, text: "No paid call waits for a look into an account." };
  const text = [
    "These may have been charged, and count as spent:",
    ...calls.map((call) => `${line(call)}, ${call.created_at}: ${call.problem ?? "no answer"}`),
    "Look into the provider's account, then: ohmymkt spend --charged <id>, or --not-charged <id>",
  ].join("\n");
  return { value: { uncertain: calls }, text: printable(text) };
}

function line({ id, estimate, category, provider, model, plan }: PaidCall): string {
  return `${id}  ${moneyText(estimate)} of the plan ${plan}, ${category} by ${provider} ${model}`;
}
