import type { ProviderSetting } from "../../lib/providers.ts";
import { holdsSecret } from "../../lib/secret-shapes.ts";

/** The setting as it may be shown; undefined when something in it looks like a key. */
export function safeSetting(setting: ProviderSetting): ProviderSetting | undefined {
  return holdsSecret(setting) ? undefined : setting;
}
