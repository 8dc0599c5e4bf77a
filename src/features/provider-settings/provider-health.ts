import { OhmymktError } from "../../errors.ts";
import { PROVIDER_CATEGORIES } from "../../lib/providers.ts";
import { findProvider } from "../../providers/catalog.ts";
import type { World } from "../../providers/world.ts";
import type { Transaction } from "../../store/store.ts";
import { providerReport } from "./provider-status.ts";
import { readProviders } from "./settings.ts";

/** What is wrong with the providers that the project has settings of, one text each; nobody is asked over a network. */
export async function providerTroubles(tx: Transaction, world: World): Promise<string[]> {
  const troubles: string[] = [];
  try {
    const file = await readProviders(tx);
    for (const category of PROVIDER_CATEGORIES) {
      for (const id of Object.keys(file[category])) {
        const provider = await findProvider(category, id);
        if (!provider) {
          troubles.push(`${category}: a setting of no known provider`);
          continue;
        }
        const { status, problem } = await providerReport(tx, category, provider, world);
        if (status !== "configured") troubles.push(`${category} ${id} ${status}${problem ? ` (${problem})` : ""}`);
      }
    }
  } catch (error) {
    if (!(error instanceof OhmymktError)) throw error;
    troubles.push(`providers.json cannot be read: ${error.message}`);
  }
  return troubles;
}
