import { join } from "node:path";
import { openStore } from "../store/open.ts";
import type { Transaction } from "../store/store.ts";
import { startHost, type OpencodeHost, type Turn } from "./opencode-host.ts";
import { packPlugin } from "./pack.ts";
import type { ScriptStep } from "./script-step.ts";
import { script, startScriptedModel, type RecordedRequest, type ScriptedModel } from "./scripted-model.ts";
import { makeWorkspace } from "./temp-workspace.ts";

export interface PluginHostOptions {
  /** Files of the project to write first: relative path → content. */
  files?: Record<string, string>;
  /** Merged deeply over the harness's global opencode.json. */
  config?: Record<string, unknown>;
  /** Added to the environment of every run of the host. */
  env?: Record<string, string>;
  /** Loopback ports of the test process that the host may reach. */
  reach?: number[];
}

/** A throw-away project with the packed plugin, cut off from the network, in a real host that can be killed and started again. */
export interface PluginHost {
  /** The packed plugin, as a host installs it. */
  readonly spec: string;
  readonly directory: string;
  /** HOME of every run of the host. */
  readonly home: string;
  readonly model: ScriptedModel;
  /** The present run. */
  readonly host: OpencodeHost;
  /** SIGKILL, and a new run on the same home and project. */
  restart(): Promise<void>;
  /** A transaction on the project's store from outside of the host. */
  look<T>(work: (tx: Transaction) => Promise<T>): Promise<T>;
  /** One turn of this agent in a session of its own. */
  play(agent: string, steps: ScriptStep[], words?: string): Promise<Turn & { session: string }>;
  /** The messages about ended background work that the session got. */
  heard(session: string): Promise<string[]>;
  requestsOf(session: unknown): RecordedRequest[];
  /** Asks again and again for something that must come true; throws after `ms` milliseconds, with what the host logged. */
  until<T>(what: string, look: () => Promise<T | undefined | false>, ms?: number): Promise<T>;
  dispose(): Promise<void>;
}

const ROOT = join(import.meta.dirname, "../..");
const TURN_MS = 60_000;
const UNTIL_MS = 45_000;
const LOOK_MS = 50;

export async function pluginHost({
  files = {},
  config = {},
  env = {},
  reach = [],
}: PluginHostOptions = {}): Promise<PluginHost> {
  const { spec } = await packPlugin({ root: ROOT });
  const project = makeWorkspace({ git: true, files });
  const home = makeWorkspace();
  const model = startScriptedModel();
  const { directory } = project;
  const launch = (): Promise<OpencodeHost> =>
    startHost({ directory, plugin: spec, network: "none", model, home: home.directory, config, env, reach });
  let host = await launch();

  const logged = async (): Promise<string> =>
    (await host.log())
      .split("\n")
      .filter((line) => /background: |swarm: |level=ERROR/.test(line))
      .slice(-15)
      .join("\n");
  return {
    spec,
    directory,
    home: home.directory,
    model,
    get host() {
      return host;
    },
    async restart() {
      await host.crash();
      await host.stop();
      host = await launch();
    },
    async look(work) {
      const store = openStore({ directory });
      try {
        return await store.transaction({ actor: { host: "library" }, tool: "test" }, work);
      } finally {
        await store.close();
      }
    },
    async play(agent, steps, words = "Go.") {
      const { id } = await host.session();
      const turn = await host.prompt(id, `${words} ${script(steps)}`, { agent, timeoutMs: TURN_MS });
      return { ...turn, session: id };
    },
    async heard(session) {
      const parts = (await host.messages(session)).flatMap((message) => message.parts);
      return parts.flatMap(({ type, synthetic, text }) =>
        type === "text" && synthetic === true && text?.includes("Background work has ended") ? [text] : [],
      );
    },
    requestsOf: (session) => model.requests().filter((request) => request.session === session),
    async until(what, look, ms = UNTIL_MS) {
      for (const end = Date.now() + ms; ; await Bun.sleep(LOOK_MS)) {
        const found = await look();
        if (found !== undefined && found !== false) return found;
        if (Date.now() > end) throw new Error(`expected ${what} within ${ms} ms\n${await logged()}`);
      }
    },
    async dispose() {
      await host.stop();
      await model.stop();
      home.dispose();
      project.dispose();
    },
  };
}
