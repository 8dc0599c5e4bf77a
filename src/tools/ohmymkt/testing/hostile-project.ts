import { createHash } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { OhmymktError, renderError } from "../../../errors.ts";
import type { Answer } from "../../../hosts/approval-desk.ts";
import type { World } from "../../../providers/world.ts";
import { testWorld } from "../../../testing/provider-world.ts";
import { makeWorkspace } from "../../../testing/temp-workspace.ts";
import { startedBench, type ToolBench } from "../../../testing/tool-bench.ts";

/** Keys that stand in the environment and must never be seen again. */
export const CANARIES = {
  OPENAI_API_KEY: "sk-proj-CaNaRy0pEnAiZ81kQwErTyUi",
  FAL_KEY: "CaNaRyFal7d1b2c3:9f8e7d6c5b4a39281706f5e4d3c2b1a0",
  GHOST_ADMIN_API_KEY: "64f1c0ffee64f1c0ffee64f1:0123456789abcdeffedcba98765432100123456789abcdeffedcba9876543210",
  MASTODON_ACCESS_TOKEN: "CaNaRyMastodonToken4tY7uI9oP",
  RESEND_API_KEY: "re_CaNaRy8ReSeNd6kEy4",
  LINKEDIN_ACCESS_TOKEN: "AQXCaNaRyLinkedIn-5tGbH7yUjM",
  AWS_SECRET_ACCESS_KEY: "CaNaRyAws/K7MDENG/bPxRfiCY8EXAMPLEKEY",
  GITHUB_TOKEN: "ghp_CaNaRyGitHub1234567890abcdefghij",
  DATABASE_URL: "postgres://root:CaNaRyDbPassw0rd@db.internal/prod",
} as const;

/** Where hostile names lead; every other one is public. */
const PRIVATE: Readonly<Record<string, string>> = {
  localhost: "127.0.0.1",
  "localtest.me": "127.0.0.1",
  "inside.example.com": "10.0.0.7",
  "metadata.google.internal": "169.254.169.254",
  "v6.example.com": "fd00:ec2::254",
  "mapped.example.com": "::ffff:192.168.0.1",
};

export interface HostileProject {
  bench: ToolBench;
  directory: string;
  /** Requests that reached the one server that every name leads to. */
  arrived: string[];
  /** What that server answers. */
  answer: (asked: string) => Response;
  /** A person comes who says yes to everything; `meanwhile` happens while the first question stands. */
  sayYes(meanwhile?: () => Promise<unknown>): void;
  /** What calls answered: texts, values, questions and errors. */
  said: string[];
  /** "done", or the code of the refusal. */
  outcome(tool: string, args: unknown, agent?: string): Promise<string>;
  /** Everything that must not change, in one text: documents, tasks, settings, money, deliveries and incidents. */
  state(): Promise<string>;
  /** Where a canary can be found, in what was said or on disk: names of variables and places. */
  leaks(): string[];
  close(): Promise<void>;
}

/** A running campaign with four platforms and two generators set up, nobody there to say yes, and one server that counts what reaches it. */
export async function hostileProject(): Promise<HostileProject> {
  const workspace = makeWorkspace();
  const { directory } = workspace;
  const arrived: string[] = [];
  const said: string[] = [];
  const server = Bun.serve({
    port: 0,
    fetch: (request) => {
      const asked = `${request.method} ${request.headers.get("x-asked") ?? request.url}`;
      arrived.push(asked);
      return project.answer(asked);
    },
  });
  const world: World = testWorld({
    env: { PATH: process.env["PATH"], HOME: "/root", ...CANARIES },
    allowPrivate: false,
    lookup: async (host) => {
      const address = PRIVATE[host.toLowerCase()];
      const open = { address: "93.184.216.34", family: 4 as const };
      return address === undefined ? [open] : [open, { address, family: address.includes(":") ? 6 : 4 }];
    },
    fetch: (input, init) => {
      const headers = new Headers(init?.headers);
      headers.set("x-asked", input instanceof Request ? input.url : String(input));
      return fetch(`http://127.0.0.1:${server.port}/`, { ...init, headers });
    },
    sleep: async () => undefined,
  });
  const bench = await startedBench({ directory });
  bench.world = { ...world, now: () => bench.now };
  for (const setting of SETTINGS) await bench.call("provider_config", { action: "set", ...setting }, "anyone");
  mkdirSync(join(directory, "media"), { recursive: true });
  writeFileSync(join(directory, "media/picture.png"), PIXEL);
  writeFileSync(join(directory, "media/notes.txt"), "plain words");
  writeFileSync(join(directory, "media/keys.md"), `Our key is ${CANARIES.OPENAI_API_KEY}`);
  symlinkSync("/etc/passwd", join(directory, "media/link.png"));
  bench.questions.length = 0;
  bench.answer = undefined;
  const project: HostileProject = {
    bench,
    directory,
    arrived,
    said,
    answer: obliging,
    sayYes(meanwhile) {
      let pending = meanwhile;
      const yes: Answer = { approved: true, how: "host_prompt" };
      Object.defineProperty(bench, "answer", {
        configurable: true,
        get: async () => {
          const now = pending;
          pending = undefined;
          await now?.();
          return yes;
        },
      });
    },
    async outcome(tool, args, agent = "anyone") {
      try {
        const { text, value } = await bench.call(tool, args, agent);
        said.push(text, JSON.stringify(value));
        return "done";
      } catch (error) {
        said.push(renderError(error), Bun.inspect(error, { depth: 8 }));
        return error instanceof OhmymktError ? error.code : "crash";
      }
    },
    state: () => stateOf(bench, directory),
    leaks() {
      const files = filesOf(directory).filter(([path]) => !path.endsWith("media/keys.md"));
      const places = [...files, ["outputs", said.join("\n")], ["questions", bench.questions.join("\n")]] as const;
      return places.flatMap(([place, content]) =>
        Object.entries(CANARIES)
          .filter(([, value]) => formsOf(value).some((form) => content.includes(form)))
          .map(([name]) => `${name} in ${place}`),
      );
    },
    async close() {
      await bench.store.close();
      await server.stop(true);
      workspace.dispose();
    },
  };
  return project;
}

/** Lets everything succeed that gets as far as this. */
function obliging(asked: string): Response {
  const account = { id: "7", username: "acme", acct: "acme", url: "https://social.example.com/@acme" };
  if (asked.includes("/accounts/verify_credentials")) return Response.json(account);
  if (asked.startsWith("GET https://social.example.com")) return Response.json([]);
  if (asked.includes("api.openai.com")) return Response.json({ data: [{ b64_json: PIXEL.toString("base64") }] });
  const created_at = "2026-12-01T09:00:00.000Z";
  return Response.json({ id: "1", url: "https://social.example.com/@acme/1", content: "", created_at, account });
}

const price = { amount: 1, currency: "EUR" };
const SETTINGS = [
  { category: "image", provider: "openai", api_key_env: "OPENAI_API_KEY", options: { price } },
  { category: "video", provider: "fal", api_key_env: "FAL_KEY", options: { price } },
  { platform: "ghost", url: "https://blog.example.com", api_key_env: "GHOST_ADMIN_API_KEY" },
  { platform: "mastodon", url: "https://social.example.com", api_key_env: "MASTODON_ACCESS_TOKEN" },
  { platform: "resend", api_key_env: "RESEND_API_KEY", options: { from: "News <news@mail.example.com>" } },
  { platform: "linkedin", api_key_env: "LINKEDIN_ACCESS_TOKEN", options: { author: "urn:li:organization:2414183" } },
];

/** A PNG of one point. */
export const PIXEL = Buffer.from(
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==",
  "base64",
);

/** Drafts and questions may come of a refused call; nothing that counts may. */
async function stateOf(bench: ToolBench, directory: string): Promise<string> {
  const files = filesOf(join(directory, ".ohmymkt"))
    .filter(([path]) => !path.includes("ohmymkt.db"))
    .map(([path, content]) => `${path} ${createHash("sha256").update(content, "latin1").digest("hex")}`);
  const rows = await bench.look(async (tx) => ({
    tasks: await tx.tasks.count(),
    settings: (await tx.ledger.list({ kind: "provider.set" })).length,
    spent: await tx.paidCalls.list(),
    beyond_draft: (await tx.outbox.list({ limit: 1000 })).filter(
      ({ state }) => state !== "draft" && state !== "cancelled",
    ),
    decided: (await tx.approvals.list()).filter(({ status }) => status !== "pending").length,
    incidents: (await tx.ledger.list({ kind: "incident.*" })).length,
  }));
  return JSON.stringify({ files, rows }, null, 1);
}

/** Every file below a folder with its bytes as Latin-1; databases and their journals included. */
function filesOf(folder: string): [string, string][] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry): [string, string] => {
      const path = join(entry.parentPath, entry.name);
      return [path, readFileSync(path, "latin1")];
    });
}

function formsOf(value: string): string[] {
  const base64 = Buffer.from(value).toString("base64").replace(/=+$/, "");
  return [value, value.slice(value.indexOf(":") + 1), encodeURIComponent(value), base64.slice(0, -2)];
}
