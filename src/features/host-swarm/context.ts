import { OhmymktError } from "../../errors.ts";
import type { Actor } from "../../lib/actor.ts";
import type { JobOwner } from "../../lib/jobs.ts";
import type { Store, Transaction, TransactionOptions } from "../../store/store.ts";
import type { Clock } from "../background/clock.ts";
import type { SessionRunner } from "../background/session-runner.ts";
import type { SwarmSettings } from "./settings.ts";

/** Everything that the swarm of one project is made of. */
export interface HostSwarmOptions {
  store(): Promise<Store>;
  runner: SessionRunner;
  clock: Clock;
  /** This run of the host, the same as for background jobs. */
  owner: JobOwner;
  /** Resolves once the rows of earlier runs of the host say how they ended. */
  ready(): Promise<void>;
  /** To be called when a swarm has ended: tells this root session about ended jobs that it was not told of. */
  tell(root: string): void;
  settings(): Promise<SwarmSettings>;
  /** Whether the host can hold an answer to a JSON schema and still show the session's messages; otherwise the answer is a JSON block in the last text. */
  schemaAnswers?: boolean;
  log(message: string): void;
}

export interface HostSwarmContext extends HostSwarmOptions {
  /** A transaction in the name of whoever started the swarm. */
  transact<T>(work: (tx: Transaction) => Promise<T>, options?: TransactionOptions): Promise<T>;
  /** Repeats what a busy disk or host refused; the last error is thrown. */
  insist<T>(act: () => Promise<T>): Promise<T>;
  /** Fires when this run of the host is over. */
  readonly over: AbortSignal;
}

const ATTEMPTS = 5;
const PAUSE_MS = 1000;

export function swarmContext(options: HostSwarmOptions, actor: Actor, over: AbortSignal): HostSwarmContext {
  const { clock } = options;
  return {
    ...options,
    over,
    transact: async (work, given) => (await options.store()).transaction({ actor, tool: "ohmymkt_swarm" }, work, given),
    async insist(act) {
      for (let attempt = 1; ; attempt += 1) {
        try {
          return await act();
        } catch (error) {
          if (attempt === ATTEMPTS || over.aborted || isRefusal(error)) throw error;
          await clock.wait(attempt * PAUSE_MS, over);
        }
      }
    },
  };
}

/** Whether the pool said no; asking again would not change that. */
export function isRefusal(error: unknown): boolean {
  const code = codeOf(error);
  return code !== undefined && code !== "busy" && code !== "storage";
}

export function textOf(error: unknown): string {
  return error instanceof Error ? error.message || error.name : String(error);
}

function codeOf(error: unknown): string | undefined {
  return error instanceof OhmymktError ? error.code : undefined;
}
