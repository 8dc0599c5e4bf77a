import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { baseConfig, hostEnv, merge, prepareDirectory } from "./host-config.ts";
import type { HostOptions } from "./host-options.ts";
import { findJail, launch } from "./host-process.ts";
import {
  Agent,
  Message,
  PermissionRequest,
  Session,
  Tool,
  type HostAgent,
  type HostMessage,
  type HostMessageInfo,
  type HostPart,
  type HostSession,
  type HostTool,
} from "./host-wire.ts";
import { startScriptedModel, type ScriptedModel } from "./scripted-model.ts";
import { makeWorkspace } from "./temp-workspace.ts";

export type PermissionDecision = "once" | "reject" | { reject: string };

export interface PromptOptions {
  agent?: string;
  timeoutMs?: number;
}

/** One finished turn: text of the last assistant message, parts of all assistant messages of the turn in order. */
export interface Turn {
  text: string;
  parts: HostPart[];
  info: HostMessageInfo;
  /** Message of the provider or host error that ended the turn. */
  error: string | undefined;
}

export interface OpencodeHost extends AsyncDisposable {
  readonly url: string;
  /** HOME of the host; XDG directories are `config`, `data`, `state`, `cache` in it. */
  readonly home: string;
  readonly model: ScriptedModel;
  /** How outside traffic is stopped: a network namespace with loopback only, refused proxies (clients that honour them), or not. */
  readonly network: "open" | "namespace" | "proxy";
  /** The host's log file followed by what the process printed. */
  log(): Promise<string>;
  session(options?: { title?: string; parentID?: string; directory?: string }): Promise<HostSession>;
  prompt(sessionID: string, text: string, options?: PromptOptions): Promise<Turn>;
  /** Starts a turn without waiting for it; pair with `idle`. */
  promptAsync(sessionID: string, text: string, options?: PromptOptions): Promise<void>;
  /** Waits until the session has no running turn. */
  idle(sessionID: string, timeoutMs?: number): Promise<void>;
  messages(sessionID: string): Promise<HostMessage[]>;
  children(sessionID: string): Promise<HostSession[]>;
  permissions(): Promise<PermissionRequest[]>;
  /** With `message`, a rejection reaches the model as feedback and the turn goes on; without, it ends the turn. */
  reply(requestID: string, reply: "once" | "reject", message?: string): Promise<void>;
  /** Answers every request with the handler's decision until the returned function is called; a throwing handler rejects with its error text. */
  onPermission(handler: (request: PermissionRequest) => PermissionDecision | Promise<PermissionDecision>): () => void;
  agents(): Promise<HostAgent[]>;
  tools(provider?: string, model?: string): Promise<HostTool[]>;
  abort(sessionID: string): Promise<void>;
  summarize(sessionID: string): Promise<void>;
  /** Any other route; the answer is the parsed JSON body, or undefined if it is empty. */
  request(method: string, path: string, options?: RequestOptions): Promise<unknown>;
  /** SIGKILL, as a crash would; start again on the same data with `home`. */
  crash(): Promise<void>;
  /** SIGTERM, after 3 s SIGKILL; then removes the home that was made for this host. */
  stop(): Promise<void>;
}

export interface RequestOptions {
  body?: unknown;
  query?: Record<string, string>;
  timeoutMs?: number;
}

/** Starts `opencode serve` with its own home and environment and a scripted model; throws with the host's output if it does not listen in time. */
export async function startHost(options: HostOptions): Promise<OpencodeHost> {
  const own = options.home === undefined ? makeWorkspace() : undefined;
  const home = own?.directory ?? z.string().parse(options.home);
  const model = options.model ?? startScriptedModel();
  const jail = options.network === "none" ? findJail() : undefined;
  const network = jail ? "namespace" : (options.network ?? "open") === "open" ? "open" : "proxy";
  const directories = new Map<string, string>();
  const answering = new Set<() => void>();
  const cleanups: (() => unknown)[] = [() => own?.dispose()];
  if (!options.model) cleanups.push(() => model.stop());

  prepareDirectory(join(home, "config/opencode"));
  prepareDirectory(join(options.directory, ".opencode"));
  const config = merge(baseConfig(model, options.plugin), options.config ?? {});
  writeFileSync(join(home, "config/opencode/opencode.json"), JSON.stringify(config, null, 2));

  const env = { ...hostEnv(home, network), ...options.env };
  const child = await launch(options, { home, env, model, jail, cleanups });
  const tail = async (): Promise<string> => {
    const lines = (await log()).trim().split("\n").slice(-25);
    return `Last lines of the host log:\n${lines.map((line) => line.slice(0, 400)).join("\n")}`;
  };
  const log = async (): Promise<string> => {
    const file = Bun.file(join(home, "data/opencode/log/opencode.log"));
    return `${(await file.exists()) ? await file.text() : "(no log file)"}\n--- output ---\n${child.output()}`;
  };
  const url = child.url;

  async function send(method: string, path: string, directory: string, request: RequestOptions): Promise<unknown> {
    const { body, query, timeoutMs = 40_000 } = request;
    const target = `${url}${path}?${new URLSearchParams({ directory, ...query }).toString()}`;
    try {
      const response = await fetch(target, {
        method,
        keepalive: false,
        signal: AbortSignal.timeout(timeoutMs),
        ...(body === undefined ? {} : { body: JSON.stringify(body), headers: { "content-type": "application/json" } }),
      });
      const text = await response.text();
      if (!response.ok) throw new Error(`got HTTP ${response.status}: ${text.slice(0, 1000)}`);
      return text === "" ? undefined : JSON.parse(text);
    } catch (error) {
      const late = error instanceof DOMException && error.name === "TimeoutError";
      const ended = child.ended();
      const why = ended ?? (late ? `got no answer within ${timeoutMs} ms${await pending()}` : String(error));
      throw new Error(`${method} ${path}: ${why}\n${await tail()}`, { cause: error });
    }
  }

  async function pending(): Promise<string> {
    try {
      const response = await fetch(`${url}/permission`, { keepalive: false, signal: AbortSignal.timeout(1000) });
      const open = z.array(PermissionRequest).parse(await response.json());
      return open.map((item) => `\nwaiting for an answer to permission "${item.permission}" (${item.id})`).join("");
    } catch (error) {
      return ` (pending permissions unknown: ${String(error)})`;
    }
  }

  const directoryOf = (id: string): string => directories.get(id) ?? options.directory;
  const about = (id: string, method: string, path: string, more: RequestOptions = {}): Promise<unknown> =>
    send(method, `/session/${id}${path}`, directoryOf(id), more);

  const promptBody = (text: string, agent: string | undefined): object => ({
    parts: [{ type: "text", text }],
    ...(agent === undefined ? {} : { agent }),
  });

  const host: OpencodeHost = {
    url,
    home,
    model,
    network,
    log,
    request: (method, path, more = {}) => send(method, path, options.directory, more),
    async session({ title = "harness session", parentID, directory = options.directory } = {}) {
      prepareDirectory(join(directory, ".opencode"));
      const body = parentID === undefined ? { title } : { title, parentID };
      const session = Session.parse(await send("POST", "/session", directory, { body }));
      directories.set(session.id, directory);
      return session;
    },
    async prompt(id, text, { agent, timeoutMs = 40_000 } = {}) {
      const last = Message.parse(await about(id, "POST", "/message", { body: promptBody(text, agent), timeoutMs }));
      const turn = (await host.messages(id)).filter(
        ({ info }) => info.role === "assistant" && info.parentID === last.info.parentID,
      );
      const { error } = last.info;
      return {
        text: textOf(last.parts),
        parts: turn.flatMap((message) => message.parts),
        info: last.info,
        error: error && (error.data?.message ?? error.name),
      };
    },
    async promptAsync(id, text, { agent, timeoutMs = 40_000 } = {}) {
      await about(id, "POST", "/prompt_async", { body: promptBody(text, agent), timeoutMs });
    },
    async idle(id, timeoutMs = 40_000) {
      const end = Date.now() + timeoutMs;
      for (;;) {
        const status = z
          .record(z.string(), z.unknown())
          .parse(await send("GET", "/session/status", directoryOf(id), {}));
        if (!(id in status)) return;
        if (Date.now() > end) {
          throw new Error(`Session ${id} still runs after ${timeoutMs} ms${await pending()}\n${await tail()}`);
        }
        await Bun.sleep(30);
      }
    },
    messages: async (id) => z.array(Message).parse(await about(id, "GET", "/message")),
    async children(id) {
      const children = z.array(Session).parse(await about(id, "GET", "/children"));
      for (const one of children) directories.set(one.id, directoryOf(id));
      return children;
    },
    async permissions() {
      const lists = [options.directory, ...directories.values()].map(async (directory) => {
        const open = z.array(PermissionRequest).parse(await send("GET", "/permission", directory, {}));
        for (const request of open) directories.set(request.id, directory);
        return open;
      });
      const byId = new Map((await Promise.all(lists)).flat().map((request) => [request.id, request]));
      return [...byId.values()];
    },
    async reply(id, reply, message) {
      const body = message === undefined ? { reply } : { reply, message };
      await send("POST", `/permission/${id}/reply`, directoryOf(id), { body });
    },
    onPermission(handler) {
      const stop = answer(host, handler, (problem) => child.note(problem));
      answering.add(stop);
      return stop;
    },
    agents: async () => z.array(Agent).parse(await host.request("GET", "/agent")),
    tools: async (provider = "scripted", named = "scripted") =>
      z.array(Tool).parse(await host.request("GET", "/experimental/tool", { query: { provider, model: named } })),
    async abort(id) {
      await about(id, "POST", "/abort");
    },
    async summarize(id) {
      await about(id, "POST", "/summarize", { body: { providerID: "scripted", modelID: "scripted" } });
    },
    async crash() {
      for (const stop of answering) stop();
      await child.end("crash");
    },
    async stop() {
      for (const stop of answering) stop();
      await child.end("stop");
      for (const cleanup of cleanups.splice(0).toReversed()) await cleanup();
    },
    [Symbol.asyncDispose]: () => host.stop(),
  };
  return host;
}

function textOf(parts: HostPart[]): string {
  return parts.flatMap((part) => (part.type === "text" && part.text !== undefined ? [part.text] : [])).join("\n");
}

function answer(
  host: OpencodeHost,
  handler: (request: PermissionRequest) => PermissionDecision | Promise<PermissionDecision>,
  note: (problem: string) => void,
): () => void {
  let running = true;
  const decide = async (request: PermissionRequest): Promise<void> => {
    let decision: PermissionDecision;
    try {
      decision = await handler(request);
    } catch (error) {
      decision = { reject: `permission handler failed: ${String(error)}` };
    }
    if (typeof decision === "string") await host.reply(request.id, decision);
    else await host.reply(request.id, "reject", decision.reject);
  };
  const loop = async (): Promise<void> => {
    while (running) {
      try {
        for (const request of await host.permissions()) if (running) await decide(request);
      } catch (error) {
        if (running) note(`onPermission: ${String(error)}`);
      }
      await Bun.sleep(40);
    }
  };
  void loop();
  return () => {
    running = false;
  };
}
