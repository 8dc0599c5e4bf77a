import { listModules } from "../../lib/modules.ts";
import { openP0s } from "../../lib/incidents.ts";
import type { Transaction } from "../../store/store.ts";
import { SCALE_CORE } from "../governance/effects.ts";
import { incidentFacts } from "../governance/facts.ts";
import { readExecution, readModules } from "../governance/seeds.ts";

/** Work of these kinds ends the trouble that holds a module, so nothing holds it. */
export const RECOVERY_TYPES: ReadonlySet<string> = new Set(["incident", "prevention"]);

/** The modules whose tasks nobody may claim now, each with the reason. */
export async function heldModules(tx: Transaction): Promise<Map<string, string>> {
  const modules = listModules(await readModules(tx));
  const held = new Map(
    modules
      .filter(({ status }) => status === "paused")
      .map(({ name, paused_by }) => [name, `the module is paused${paused_by ? ` by ${paused_by}` : ""}`]),
  );
  const reason = await scaleStop(tx);
  if (reason === undefined) return held;
  for (const { name, core } of modules) if (core === SCALE_CORE && !held.has(name)) held.set(name, reason);
  return held;
}

/** Why no work of the scale core may begin, if anything. */
async function scaleStop(tx: Transaction): Promise<string | undefined> {
  const open = openP0s(await incidentFacts(tx)).map(({ id }) => id);
  if (open.length > 0) return `P0 ${open.join(", ")} is open`;
  const { state } = await readExecution(tx);
  return state === "paused" || state === "rolled_back" ? `the campaign is ${state.replace("_", " ")}` : undefined;
}
