import { connect, createServer, type Server } from "node:net";
import { z } from "zod";

/** What the test process writes to the supervisor; its mere end means "stop". */
export type Ending = "stop" | "crash";

type Endpoint = { port: number } | { path: string };

export interface Plan {
  command: string[];
  directory: string;
  forwards: { from: Endpoint; to: Endpoint }[];
}

/** Copies bytes both ways; unix sockets cross network namespaces, TCP does not. */
export async function forward(from: Endpoint, to: Endpoint): Promise<Server> {
  const server = createServer((near) => {
    const far = connect("port" in to ? { port: to.port, host: "127.0.0.1" } : to);
    near.on("error", () => far.destroy()).on("close", () => far.destroy());
    far.on("error", () => near.destroy()).on("close", () => near.destroy());
    near.pipe(far);
    far.pipe(near);
  });
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  server.once("error", reject);
  server.listen("port" in from ? { port: from.port, host: "127.0.0.1" } : from, resolve);
  await promise;
  return server;
}

export function closer(server: Server): () => void {
  return () => server.close();
}

/** Runs beside the host, inside its namespace: forwards ports, and ends the host when the test process goes away. */
async function supervise(plan: Plan): Promise<void> {
  for (const { from, to } of plan.forwards) await forward(from, to);
  const { BUN_BE_BUN: _, ...env } = process.env;
  const host = Bun.spawn(plan.command, {
    cwd: plan.directory,
    env,
    stdin: "ignore",
    stdout: "inherit",
    stderr: "inherit",
  });
  const end = (): void => {
    host.kill("SIGTERM");
    setTimeout(() => host.kill("SIGKILL"), 2000).unref();
  };
  process.stdin.on("data", (word) => (word.toString() === ("crash" satisfies Ending) ? host.kill("SIGKILL") : end()));
  process.stdin.on("end", end).on("error", end);
  process.exit(await host.exited);
}

if (import.meta.main) await supervise(JSON.parse(z.string().parse(process.argv[2])));
