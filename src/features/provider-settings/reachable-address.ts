import { OhmymktError } from "../../errors.ts";
import { ProviderFailure } from "../../providers/failure.ts";
import { createNetwork } from "../../providers/network.ts";
import type { ProviderSpec } from "../../providers/provider.ts";
import type { World } from "../../providers/world.ts";

/** Looks the host of an address up before a person is asked about it. Throws `invalid_arguments` for one that leads to a private address, `provider` for one that leads nowhere. */
export async function reachableAddress(
  spec: ProviderSpec,
  url: string,
  { world, signal }: { world: World; signal: AbortSignal },
): Promise<void> {
  const own = new URL(url);
  const network = createNetwork(world, { hosts: [], own, secrets: [], signal, timeoutMs: 5000 });
  try {
    await network.resolve(own.hostname);
  } catch (error) {
    if (!(error instanceof ProviderFailure)) throw error;
    throw new OhmymktError(
      error.kind === "rejected" ? "invalid_arguments" : "provider",
      `the url of ${spec.id}: ${error.message}`,
      { hint: "give the address under which the server is reached from the internet; nothing was changed" },
    );
  }
}
