import { z } from "zod";
import type { ProviderSetting } from "../lib/providers.ts";
import { ProviderFailure } from "./failure.ts";
import { createNetwork } from "./network.ts";
import type { Access, ProviderSpec } from "./provider.ts";
import { serverAddress } from "./server-address.ts";
import type { World } from "./world.ts";

/** What a provider works with under a confirmed setting. Throws a `missing` or `rejected` failure when the setting does not fit the provider. */
export function openAccess<Options>(
  spec: ProviderSpec<Options>,
  setting: ProviderSetting,
  world: World,
  signal: AbortSignal,
  limits: { timeoutMs?: number; maxBytes?: number } = {},
): Access<Options> {
  const options = spec.options.safeParse(setting.options);
  if (!options.success)
    throw new ProviderFailure("missing", `the options of ${spec.id} are not right: ${z.prettifyError(options.error)}`);
  const url = addressOf(spec, setting.url, world);
  const network = createNetwork(world, {
    hosts: spec.hosts,
    own: url,
    secrets: secretValues(spec, world),
    signal,
    ...limits,
  });
  const optionalSecret = (use: string): string | undefined => {
    const name = variableOf(spec, setting, use, world);
    const value = world.env[name]?.trim() || undefined;
    // Such a value would break a header, and the platform's message about that repeats it.
    if (value !== undefined && /\p{Cc}/u.test(value))
      throw new ProviderFailure(
        "missing",
        `the environment variable ${name} of ${spec.id} holds a line break or other control character`,
      );
    return value;
  };
  return {
    options: options.data,
    url,
    optionalSecret,
    secret(use) {
      const value = optionalSecret(use);
      if (value !== undefined) return value;
      const name = variableOf(spec, setting, use, world);
      throw new ProviderFailure("missing", `the environment variable ${name} of ${spec.id} is not set`);
    },
    network,
    signal,
    now: () => world.now(),
    sleep: (ms) => world.sleep(ms, signal),
  };
}

/** The variable that a secret is taken from: the one of the setting, else the first of the provider's own that is set, else its usual one. Throws `rejected` for the variable of somebody else. */
export function variableOf(
  spec: ProviderSpec,
  setting: ProviderSetting,
  use: string,
  { env }: Pick<World, "env">,
): string {
  const secret = spec.secrets.find((one) => one.use === use);
  if (!secret) throw new ProviderFailure("rejected", `${spec.id} has no secret ${use}`);
  const chosen = spec.secrets[0] === secret ? setting.api_key_env : undefined;
  if (chosen !== undefined && !secret.names.includes(chosen))
    throw new ProviderFailure("rejected", `${spec.id} takes its ${use} from ${secret.names.join(" or ")} only`);
  return chosen ?? secret.names.find((one) => env[one]?.trim()) ?? secret.names[0];
}

/** Every secret value that a provider's variables hold now. */
export function secretValues(spec: ProviderSpec, { env }: Pick<World, "env">): string[] {
  return spec.secrets
    .flatMap(({ names, open }) => (open === true ? [] : names))
    .flatMap((name) => env[name] ?? [])
    .filter((value) => value.trim() !== "");
}

function addressOf(spec: ProviderSpec, text: string | undefined, world: World): URL | undefined {
  if (text === undefined) {
    if (spec.url?.required) throw new ProviderFailure("missing", `${spec.id} needs the url of your server`);
    return undefined;
  }
  const url = serverAddress(spec, text, world.allowPrivate);
  if (typeof url === "string") throw new ProviderFailure("rejected", url);
  return url;
}
