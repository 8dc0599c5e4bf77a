import type { PluginInput } from "@opencode-ai/plugin";
import { CONFIG_DOCUMENT, DEFAULT_CONFIG, type Config } from "../../config.ts";
import { systemClock } from "../../features/background/clock.ts";
import type { BackgroundDesk } from "../../features/background/desk.ts";
import { createBackgroundJobs, type BackgroundJobs } from "../../features/background/jobs.ts";
import type { SwarmDesk } from "../../features/host-swarm/desk.ts";
import { createHeldTasks, type HeldTasks } from "../../features/held-tasks/held-tasks.ts";
import { createHostSwarm, type HostSwarm } from "../../features/host-swarm/swarm.ts";
import type { SwarmSettings } from "../../features/host-swarm/settings.ts";
import { createVideoRounds } from "../../features/media/video-rounds.ts";
import { createOutboxRounds } from "../../features/publishing/outbox-rounds.ts";
import type { Rounds } from "../../features/rounds.ts";
import { retryPolicy } from "../../features/tasks/retry.ts";
import { newId } from "../../lib/names.ts";
import { randomBase32 } from "../../store/local/random.ts";
import type { Store } from "../../store/store.ts";
import { systemWorld } from "../world.ts";
import { isAlive } from "../world.ts";
import { hasNativeBackground, STAND_BACK } from "./native-background.ts";
import { isOneShot } from "./one-shot.ts";
import type { SessionNews } from "./session-news.ts";
import { createSessionRunner } from "./session-runner.ts";
import type { Sessions } from "./sessions.ts";

export interface BackgroundParts {
  client: PluginInput["client"];
  sessions: Sessions;
  news: SessionNews;
  store(): Promise<Store>;
  log(message: string): void;
}

/** The background work of one project directory in this process. */
export interface Background {
  jobs: BackgroundJobs;
  /** The desk of a caller that may start these agents. */
  desk(delegates: readonly string[] | undefined): Promise<BackgroundDesk>;
  swarm: HostSwarm;
  held: HeldTasks;
  /** What waits in the outbox for its time, an answer or another try; a process that ends with its turn looks after nothing, because it would leave deliveries in the middle. */
  outbox: Pick<Rounds, "begin">;
  /** Videos that were started, which nobody may be waiting for any more. */
  videos: Pick<Rounds, "begin">;
  /** Ends all watching without a trace in the store, as the end of the host would. */
  close(): Promise<void>;
  /** To be called when a session was deleted. */
  sessionDeleted(sessionID: string): void;
  swarmDesk(delegates: readonly string[] | undefined): SwarmDesk;
}

const FOREGROUND = "this process ends with its turn and would take the work with it";

export function createBackground({ client, sessions, news, store, log }: BackgroundParts): Background {
  const clock = systemClock(() => Date.now());
  let native: Promise<boolean> | undefined;
  let said: string | undefined;
  const logNews = (message: string): void => {
    if (message !== said) log(message);
    said = message;
  };
  const read = () => settings(store, logNews);
  const runner = createSessionRunner({ client, sessions, news, clock });
  const owner = { pid: process.pid, boot: newId("boot", randomBase32) };
  const jobs = createBackgroundJobs({
    store,
    clock,
    runner,
    owner,
    isAlive,
    limits: async () => (await read()).background,
    log,
  });
  const swarm = createHostSwarm({
    store,
    clock,
    runner,
    owner,
    log,
    settings: async () => swarmSettings(await read()),
    ready: () => jobs.ready(),
    tell: (root) => jobs.tell(root),
  });
  const over = new AbortController();
  const held = createHeldTasks({ store, clock, over: over.signal, runner, config: read, log });
  const outbox = createOutboxRounds({
    log,
    desk: async () => ({
      store: await store(),
      world: systemWorld(process.env),
      config: await read(),
      actor: { host: "opencode" },
      tool: "ohmymkt_publish",
      signal: over.signal,
      newId: (prefix) => newId(prefix, randomBase32),
    }),
    every,
  });
  const videos = createVideoRounds({
    log,
    tell(message) {
      log(message);
      void client.tui.showToast({ body: { message, variant: "info" } }).catch(() => undefined);
    },
    async context() {
      const opened = await store();
      const actor = { host: "opencode" as const };
      return {
        store: opened,
        world: systemWorld(process.env),
        actor,
        signal: over.signal,
        newId: (prefix) => newId(prefix, randomBase32),
        transact: (work) => opened.transaction({ actor, tool: "ohmymkt_generate_video" }, work),
      };
    },
    every,
  });
  const foreground = (): string | undefined => (isOneShot(process.argv) ? FOREGROUND : undefined);
  return {
    jobs,
    swarm,
    held,
    outbox: {
      begin() {
        if (foreground() === undefined) outbox.begin();
      },
    },
    videos: {
      begin() {
        if (foreground() === undefined) videos.begin();
      },
    },
    async close() {
      over.abort();
      swarm.close();
      jobs.stop();
      await Promise.all([outbox.stop(), videos.stop()]);
    },
    sessionDeleted(id) {
      held.deleted(id);
      jobs.sessionDeleted(id);
      swarm.sessionDeleted(id);
    },
    swarmDesk: (delegates) => ({ swarm, delegates, foreground: foreground() }),
    async desk(delegates) {
      native ??= hasNativeBackground(client);
      return {
        jobs,
        delegates,
        foreground: foreground(),
        standBack: (await native) ? STAND_BACK : undefined,
      };
    },
  };
}

/** A timer that keeps no process alive. */
function every(ms: number, work: () => void): () => void {
  const timer = setInterval(work, ms);
  timer.unref();
  return () => clearInterval(timer);
}

/** The project's settings, or the defaults while its file cannot be read: running work must not go unwatched. */
async function settings(store: () => Promise<Store>, log: (message: string) => void): Promise<Config> {
  try {
    const opened = await store();
    const cause = { actor: { host: "opencode" as const }, tool: "background_task" };
    return (await opened.transaction(cause, (tx) => tx.documents.read(CONFIG_DOCUMENT))) ?? DEFAULT_CONFIG;
  } catch (error) {
    log(`background: the default limits are used: ${error instanceof Error ? error.message : String(error)}`);
    return DEFAULT_CONFIG;
  }
}

function swarmSettings({ swarm, tasks }: Config): SwarmSettings {
  const { parallel, minutes, tokens, tool_calls, lease_seconds } = swarm;
  return {
    maxConcurrency: parallel,
    limits: { minutes, tokens, toolCalls: tool_calls },
    leaseMs: lease_seconds * 1000,
    retry: retryPolicy(tasks),
  };
}
