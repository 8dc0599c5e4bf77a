import { OhmymktError } from "../../errors.ts";
import { openP0s, type IncidentFact } from "../../lib/incidents.ts";
import type { Execution } from "../../lib/campaign.ts";
import { listModules, type Core } from "../../lib/modules.ts";
import type { Transaction } from "../../store/store.ts";
import { incidentFacts } from "../governance/facts.ts";
import { readExecution, readModules } from "../governance/seeds.ts";

/** Why tasks of a module must rest now; undefined when they may go on. */
export type Hold = (module: string | undefined) => string | undefined;

const SCALE_CORE: Core = "acceleration_core";

/** Reads what rests: paused modules, and every scale module during a P0, a rollback or a paused campaign. State that cannot be read holds all modules. */
export async function readHolds(tx: Transaction): Promise<Hold> {
  try {
    const stop = whyScaleRests(await readExecution(tx), openP0s(await incidentFacts(tx)));
    const reasons = new Map<string, string>();
    for (const { name, core, status, paused_by } of listModules(await readModules(tx))) {
      if (core === SCALE_CORE && stop !== undefined) reasons.set(name, stop);
      else if (status === "paused") reasons.set(name, `${name} is paused${paused_by ? ` by ${paused_by}` : ""}`);
    }
    return (module) => (module === undefined ? undefined : reasons.get(module));
  } catch (error) {
    if (!(error instanceof OhmymktError) || (error.code !== "corrupt_document" && error.code !== "newer_version"))
      throw error;
    const why = `whether its module may work cannot be read: ${error.message}`;
    return (module) => (module === undefined ? undefined : why);
  }
}

function whyScaleRests({ state }: Execution, p0s: readonly IncidentFact[]): string | undefined {
  if (p0s.length > 0) return `scaling stops while a P0 is open: ${p0s.map(({ id }) => id).join(", ")}`;
  if (state === "rolled_back" || state === "paused")
    return `scaling stops while the campaign is ${state.replace("_", " ")}`;
  return undefined;
}
