import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { z } from "zod";
import { eventually } from "./process-list.ts";

const START_MS = 60_000;
/** What one com.atproto.repo.applyWrites may hold. */
const MAX_WRITES = 200;
const COLLECTION = "app.bsky.feed.post";

export interface PdsAccount {
  handle: string;
  password: string;
  did: string;
}

export interface PdsRecord {
  uri: string;
  cid: string;
  value: Record<string, unknown>;
}

/** A Bluesky PDS on loopback, in a process of its own, with one account. */
export interface Pds extends PdsAccount, AsyncDisposable {
  url: string;
  createAccount(name: string): Promise<PdsAccount>;
  /** The posts of an account as anybody sees them, newest key first; at most 100 a page, every page. */
  posts(did: string): Promise<PdsRecord[]>;
  /** Removes every post of the first account. */
  deletePosts(): Promise<void>;
  blob(did: string, cid: string): Promise<Uint8Array>;
  /** Ends the process at once, as a crash would; what it acknowledged stays on disk. */
  kill(): Promise<void>;
  /** Starts it again after `kill`, on the same port and data. */
  restart(): Promise<void>;
  /** Ends it and removes its data. */
  close(): Promise<void>;
}

const Account = z.object({ did: z.string(), handle: z.string(), accessJwt: z.string() });
const Page = z.object({
  cursor: z.string().optional(),
  records: z.array(z.object({ uri: z.string(), cid: z.string(), value: z.record(z.string(), z.unknown()) })),
});

/** Starts a PDS; throws with its last words when it does not come up within a minute. */
export async function startPds(): Promise<Pds> {
  const directory = mkdtempSync(join(tmpdir(), "ohmymkt-pds-"));
  const port = freePort();
  const url = `http://127.0.0.1:${port}`;
  const forget = (): void => rmSync(directory, { recursive: true, force: true, maxRetries: 5, retryDelay: 50 });
  let running: PdsProcess | undefined;
  const call = async (path: string, body?: unknown, token?: string): Promise<Response> => {
    const init = body === undefined ? {} : { method: "POST", body: JSON.stringify(body) };
    const headers = { "content-type": "application/json", ...(token ? { authorization: `Bearer ${token}` } : {}) };
    const response = await fetch(`${url}/xrpc/${path}`, { ...init, headers });
    if (!response.ok) throw new Error(`the PDS answers ${response.status} to ${path}: ${await response.text()}`);
    return response;
  };
  const createAccount = async (name: string): Promise<PdsAccount & { accessJwt: string }> => {
    const password = `password-of-${name}`;
    const account = { email: `${name}@example.invalid`, handle: `${name}.test`, password };
    const made = await call("com.atproto.server.createAccount", account);
    return { ...Account.parse(await made.json()), password };
  };
  const stop = async (work: (one: PdsProcess) => Promise<void>): Promise<void> => {
    const one = running;
    running = undefined;
    if (one) await work(one);
  };
  try {
    running = await spawnPds(directory, port);
    const { accessJwt, ...account } = await createAccount("alice");
    const posts = async (did: string): Promise<PdsRecord[]> => {
      const all: PdsRecord[] = [];
      let cursor: string | undefined;
      do {
        const query = new URLSearchParams({ repo: did, collection: COLLECTION, limit: "100" });
        if (cursor !== undefined) query.set("cursor", cursor);
        const page = Page.parse(await (await call(`com.atproto.repo.listRecords?${query.toString()}`)).json());
        all.push(...page.records);
        cursor = page.records.length > 0 ? page.cursor : undefined;
      } while (cursor !== undefined);
      return all;
    };
    const close = async (): Promise<void> => {
      await stop((one) => one.end());
      forget();
    };
    return {
      ...account,
      url,
      posts,
      async createAccount(name) {
        const { accessJwt: _, ...made } = await createAccount(name);
        return made;
      },
      async deletePosts() {
        const all = await posts(account.did);
        const writes = all.map(({ uri }) => ({
          $type: "com.atproto.repo.applyWrites#delete",
          collection: COLLECTION,
          rkey: uri.split("/").at(-1),
        }));
        const pictures = blobsOf(all).map((cid) => join(directory, "blobs", account.did, cid));
        const absent = pictures.find((path) => !existsSync(path));
        if (absent !== undefined) throw new Error(`expected the picture of a post at ${absent}`);
        for (let from = 0; from < writes.length; from += MAX_WRITES)
          await call(
            "com.atproto.repo.applyWrites",
            { repo: account.did, writes: writes.slice(from, from + MAX_WRITES) },
            accessJwt,
          );
        // It answers before it has removed their pictures, and would remove the same picture of a new post.
        const gone = await eventually(() => !pictures.some((path) => existsSync(path)));
        if (!gone) throw new Error("the PDS keeps the pictures of deleted posts");
      },
      async blob(did, cid) {
        const query = new URLSearchParams({ did, cid });
        return new Uint8Array(await (await call(`com.atproto.sync.getBlob?${query.toString()}`)).arrayBuffer());
      },
      kill: () => stop((one) => one.kill()),
      async restart() {
        running ??= await spawnPds(directory, port);
      },
      close,
      [Symbol.asyncDispose]: close,
    };
  } catch (error) {
    await stop((one) => one.kill());
    forget();
    throw error;
  }
}

/** The CIDs of the pictures in posts, from `{$type: "blob", ref: {$link}}`. */
function blobsOf(records: readonly PdsRecord[]): string[] {
  return [...JSON.stringify(records).matchAll(/"ref":\{"\$link":"([^"]+)"\}/g)].map(([, cid = ""]) => cid);
}

interface PdsProcess {
  end(): Promise<void>;
  kill(): Promise<void>;
}

async function spawnPds(directory: string, port: number): Promise<PdsProcess> {
  const child = Bun.spawn([process.execPath, join(import.meta.dir, "pds/process.ts"), directory, String(port)], {
    // It ends with its standard input, and so with this process, however that ends.
    stdio: ["pipe", "pipe", "pipe"],
    env: { PATH: process.env["PATH"] ?? "", HOME: directory, BUN_BE_BUN: "1" },
  });
  const timer = setTimeout(() => child.kill("SIGKILL"), START_MS);
  const kill = async (): Promise<void> => {
    child.kill("SIGKILL");
    await child.exited;
  };
  let said = "";
  for await (const chunk of child.stdout) {
    said += Buffer.from(chunk).toString();
    if (said.includes('{"ready":true}')) break;
  }
  clearTimeout(timer);
  if (child.exitCode !== null || child.killed || !said.includes('{"ready":true}')) {
    await kill();
    throw new Error(`the PDS did not start: ${said}${await new Response(child.stderr).text()}`);
  }
  return {
    kill,
    async end() {
      void child.stdin.end();
      const late = setTimeout(() => child.kill("SIGKILL"), 5000);
      await child.exited;
      clearTimeout(late);
    },
  };
}

function freePort(): number {
  const server = Bun.listen({ hostname: "127.0.0.1", port: 0, socket: { data: () => {} } });
  const { port } = server;
  server.stop(true);
  return port;
}
