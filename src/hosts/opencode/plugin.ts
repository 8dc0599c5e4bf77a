import type { Hooks, PluginInput } from "@opencode-ai/plugin";
import { TEMPLATE_FILES } from "../../assets.ts";
import { createKeywordDetector, wasUltrawork } from "../../hooks/keyword-detector/index.ts";
import { guardState } from "../../hooks/state-guard/state-guard.ts";
import { FILE_TOOLS } from "../../hooks/state-guard/written-files.ts";
import type { Store } from "../../store/store.ts";
import { AGENT_SHELL } from "../cli/agent-shell.ts";
import { createAskedCalls } from "./ask.ts";
import type { Background } from "./background.ts";
import { loadStore } from "./load.ts";
import { isOneShot } from "./one-shot.ts";
import { createSessionNews } from "./session-news.ts";
import { createSessionAgents } from "./session-agents.ts";
import { createSessions } from "./sessions.ts";
import { createTeam } from "./team.ts";
import { hostTools, modelSchema } from "./tools.ts";

/** Tools after which a running swarm looks at once whether it must stop or may go on. */
const CHANGES_WORK = new Set([
  "ohmymkt_incident",
  "ohmymkt_run_cycle",
  "ohmymkt_start_campaign",
  "ohmymkt_task_create",
  "ohmymkt_task_update",
]);

/** Tools after which something may wait in the outbox, or wait no more. */
const CHANGES_OUTBOX = new Set(["ohmymkt_publish", "ohmymkt_incident", "ohmymkt_run_cycle", "ohmymkt_provider_config"]);

/** The hooks of one project directory; nothing is read, written or fetched until the host calls one of them. */
export function createPlugin({ client, directory }: PluginInput): Hooks {
  const team = createTeam(directory);
  const sessions = createSessions(client);
  const agents = createSessionAgents(client);
  const asked = createAskedCalls();
  const messages = async (id: string) => (await client.session.messages({ path: { id } })).data ?? [];
  const log = (level: "info" | "warn", message: string) =>
    void client.app.log({ body: { service: "ohmymkt", level, message } }).catch(() => undefined);

  let opening: Promise<Store> | undefined;
  const store = () => (opening ??= loadStore().then(({ openStore }) => openStore({ directory })));

  const world = () => import("../world.ts").then(({ systemWorld }) => systemWorld(process.env));

  let beginning: Promise<Background> | undefined;
  let begun: Background | undefined;
  const background = () =>
    (beginning ??= import("./background.ts").then(
      ({ createBackground }) =>
        (begun = createBackground({ client, sessions, news, store, log: (message) => log("warn", message) })),
    ));
  const unheard = (what: string) => (error: unknown) =>
    log("warn", `background: ${what}: ${error instanceof Error ? error.message : String(error)}`);
  const news = createSessionNews({
    alive: (id) => begun?.held.alive(id),
    idle(id) {
      begun?.held.idle(id);
      begun?.jobs.sessionIdle();
    },
    deleted: (id) => begun?.sessionDeleted(id),
  });
  /** What an earlier run of the host left behind is looked after at the first prompt; the prompt does not wait for it. */
  let looked: Promise<void> | undefined;
  const lookAfter = async () => {
    if (!(await (await store()).exists())) return;
    const { jobs, outbox, videos } = await background();
    outbox.begin();
    videos.begin();
    await jobs.ready();
  };

  const detector = createKeywordDetector({
    marketingAgents: team.marketing,
    enabledAgents: team.enabled,
    templates: TEMPLATE_FILES,
    session: { parentID: sessions.parentID, messages },
    toast: async (message) => void (await client.tui.showToast({ body: { message, variant: "info" } })),
    log: (message) => log("warn", message),
  });

  return {
    tool: hostTools({
      directory,
      store,
      world,
      policy: team.policy,
      team: team.working,
      sessions,
      asked,
      oneShot: isOneShot(process.argv),
      background,
    }),
    async config(config) {
      for (const note of await team.join(config)) log("warn", note);
    },
    async "tool.definition"({ toolID }, output) {
      const schema = modelSchema(toolID);
      // The host sends this member verbatim instead of the tool's own parameters.
      if (schema) Object.assign(output, { jsonSchema: schema });
    },
    "chat.message": (input, output) => {
      looked ??= lookAfter().catch(unheard("looking after what was left behind"));
      return detector.chatMessage(input, output);
    },
    "experimental.chat.messages.transform": (_input, output) => detector.messagesTransform(output),
    async "chat.params"({ sessionID, agent }) {
      agents.note(sessionID, agent);
    },
    async "tool.execute.before"({ tool, sessionID }, { args }) {
      begun?.held.worked(sessionID);
      guardState(directory, tool, args);
      if (!FILE_TOOLS.has(tool)) return;
      const { guardOwnership } = await import("../../hooks/write-ownership/write-ownership.ts");
      await guardOwnership({ session: sessionID, tool, args }, { directory, store, agentOf: agents.of });
    },
    async "tool.execute.after"({ tool }) {
      if (CHANGES_WORK.has(tool)) begun?.swarm.look();
      if (CHANGES_OUTBOX.has(tool)) (await background()).outbox.begin();
      if (tool === "ohmymkt_generate_video") (await background()).videos.begin();
    },
    async "shell.env"(_input, { env }) {
      env[AGENT_SHELL] = "1";
    },
    async event({ event }) {
      const callID = askedCall(event);
      if (callID) asked.note(callID);
      news.hear(event);
    },
    async "experimental.session.compacting"({ sessionID }, output) {
      try {
        const { carryOver } = await import("../../hooks/compaction/carry-over.ts");
        const lines = await carryOver(await store(), {
          session: sessionID,
          ultrawork: wasUltrawork(await messages(sessionID)),
        });
        if (lines) output.context.push(lines);
      } catch (error) {
        log("warn", `state was not carried over: ${error instanceof Error ? error.message : String(error)}`);
      }
    },
    async dispose() {
      await (await beginning)?.close();
      await (await opening)?.close();
    },
  };
}

/** The call whose permission request reached a person; the event is newer than the host's published types. */
function askedCall(event: { type: string; properties?: unknown }): string | undefined {
  if (event.type !== "permission.asked" || typeof event.properties !== "object" || event.properties === null)
    return undefined;
  const tool = "tool" in event.properties ? event.properties.tool : undefined;
  return typeof tool === "object" && tool !== null && "callID" in tool && typeof tool.callID === "string"
    ? tool.callID
    : undefined;
}
