import type { ProviderSetting } from "../../../lib/providers.ts";
import { behindFaults, type HttpFaults, worldTo } from "./http-server.ts";
import type { Published, PublishServer } from "./subject.ts";

export interface FakePlatform {
  setting: ProviderSetting;
  env: Record<string, string>;
  /** The pinned hosts that it stands for; none where the setting's url is its address. */
  hosts?: readonly string[];
  faults: HttpFaults;
  answer(request: Request, url: URL): Response | Promise<Response>;
  published(): Published[];
  scheduled?(): Published[];
}

/** A platform on loopback behind the fault proxy. Without `hosts`, the setting gets its address as url. */
export async function startFake(platform: FakePlatform): Promise<PublishServer> {
  const server = Bun.serve({
    hostname: "127.0.0.1",
    port: 0,
    maxRequestBodySize: 64 * 1024 * 1024,
    fetch: (request) => platform.answer(request, new URL(request.url)),
  });
  const proxy = await behindFaults(server.url.origin, platform.faults);
  const { hosts, scheduled } = platform;
  return {
    setting: hosts ? platform.setting : { ...platform.setting, url: proxy.url },
    env: platform.env,
    ...(hosts ? { world: worldTo(Object.fromEntries(hosts.map((host) => [host, proxy.url]))) } : {}),
    published: () => Promise.resolve(platform.published()),
    ...(scheduled ? { scheduled: () => Promise.resolve(scheduled()) } : {}),
    inject: proxy.inject,
    requests: proxy.requests,
    async close() {
      await proxy.close();
      await server.stop(true);
    },
  };
}

export function json(body: unknown, status = 200, headers: Record<string, string> = {}): Response {
  return Response.json(body, { status, headers });
}

/** A member of a parsed JSON body as text; "" where it is missing. */
export function textOf(body: unknown, ...path: string[]): string {
  const value = memberOf(body, ...path);
  return typeof value === "string" || typeof value === "number" ? String(value) : "";
}

export function memberOf(body: unknown, ...path: string[]): unknown {
  let value = body;
  for (const name of path)
    value =
      typeof value === "object" && value !== null
        ? Object.entries(value).find(([key]) => key === name)?.[1]
        : undefined;
  return value;
}

export function listOf(body: unknown, ...path: string[]): unknown[] {
  const value = memberOf(body, ...path);
  return Array.isArray(value) ? value : [];
}
