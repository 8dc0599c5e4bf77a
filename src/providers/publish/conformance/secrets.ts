import { expect } from "bun:test";
import type { ProviderSpec } from "../../provider.ts";
import type { Bench } from "../testing/bench.ts";

/** Nothing that the adapter gave out, errors with their causes included, holds a secret as it is, percent-encoded or in base64. */
export function assertNoSecret(spec: ProviderSpec, { server, seen }: Bench): void {
  const names = new Set(spec.secrets.flatMap(({ names: all, open }) => (open === true ? [] : all)));
  const secrets = Object.entries(server.env).filter(([name]) => names.has(name));
  const told = seen.map((one) => Bun.inspect(one, { depth: 8 })).join("\n");
  for (const [name, value] of secrets) {
    expect({ name, longEnough: value.length >= 8 }).toEqual({ name, longEnough: true });
    const forms = [value, encodeURIComponent(value), Buffer.from(value).toString("base64").replace(/=+$/, "")];
    expect({ name, leaks: forms.filter((form) => told.includes(form)).length }).toEqual({ name, leaks: 0 });
  }
}
