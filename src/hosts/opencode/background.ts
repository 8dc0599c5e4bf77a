import type { PluginInput } from "@opencode-ai/plugin";
import { CONFIG_DOCUMENT, DEFAULT_CONFIG } from "../../config.ts";
import { systemClock } from "../../features/background/clock.ts";
import type { BackgroundLimits } from "../../features/background/context.ts";
import type { BackgroundDesk } from "../../features/background/desk.ts";
import { createBackgroundJobs, type BackgroundJobs } from "../../features/background/jobs.ts";
import { newId } from "../../lib/names.ts";
import { randomBase32 } from "../../store/local/random.ts";
import type { Store } from "../../store/store.ts";
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
}

const FOREGROUND = "this process ends with its turn and would take the work with it";

export function createBackground({ client, sessions, news, store, log }: BackgroundParts): Background {
  const clock = systemClock(() => Date.now());
  let native: Promise<boolean> | undefined;
  const jobs = createBackgroundJobs({
    store,
    clock,
    runner: createSessionRunner({ client, sessions, news, clock }),
    owner: { pid: process.pid, boot: newId("boot", randomBase32) },
    isAlive,
    limits: () => limits(store, log),
    log,
  });
  return {
    jobs,
    async desk(delegates) {
      native ??= hasNativeBackground(client);
      return {
        jobs,
        delegates,
        foreground: isOneShot(process.argv) ? FOREGROUND : undefined,
        standBack: (await native) ? STAND_BACK : undefined,
      };
    },
  };
}

/** Settings that cannot be read must not leave running work unwatched. */
async function limits(store: () => Promise<Store>, log: (message: string) => void): Promise<BackgroundLimits> {
  try {
    const config = await (
      await store()
    ).transaction({ actor: { host: "opencode" }, tool: "background_task" }, (tx) => tx.documents.read(CONFIG_DOCUMENT));
    return (config ?? DEFAULT_CONFIG).background;
  } catch (error) {
    log(`background: the default limits are used: ${error instanceof Error ? error.message : String(error)}`);
    return DEFAULT_CONFIG.background;
  }
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return error instanceof Error && "code" in error && error.code === "EPERM";
  }
}
