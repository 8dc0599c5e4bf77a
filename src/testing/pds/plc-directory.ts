import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { formatDidDoc, opToData } from "@did-plc/lib";

type Operation = Parameters<typeof opToData>[1];

/** The directory that tells where a `did:plc:` lives, on loopback, kept in one file so that it outlives its process. Answers to POST /<did>, GET /<did>, /<did>/data and /<did>/log/last. */
export function startPlcDirectory(file: string): { url: string; close(): Promise<void> } {
  const logs = new Map<string, Operation[]>(existsSync(file) ? Object.entries(readLogs(file)) : []);
  const server = Bun.serve({
    hostname: "localhost",
    port: 0,
    async fetch(request) {
      const [, did = "", ...rest] = decodeURIComponent(new URL(request.url).pathname).split("/");
      const log = logs.get(did) ?? [];
      if (request.method === "POST") {
        logs.set(did, [...log, parseOperation(await request.text())]);
        writeFileSync(file, JSON.stringify(Object.fromEntries(logs)));
        return new Response("ok");
      }
      const last = log.at(-1);
      const data = last && opToData(did, last);
      if (!data) return Response.json({ message: `DID not registered: ${did}` }, { status: 404 });
      const views: Record<string, unknown> = { "": formatDidDoc(data), data, "log/last": last };
      return Response.json(views[rest.join("/")] ?? null);
    },
  });
  // By name, because the PDS looks nothing up at a bare address.
  return { url: `http://localhost:${server.port}`, close: () => server.stop(true) };
}

/** Only the PDS beside it ever writes, so nothing is checked. */
function parseOperation(text: string): Operation {
  return JSON.parse(text);
}

function readLogs(file: string): Record<string, Operation[]> {
  return JSON.parse(readFileSync(file, "utf8"));
}
