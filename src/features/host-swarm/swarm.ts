import { OhmymktError } from "../../errors.ts";
import { isEnded, SWARM_AGENT, type Job } from "../../lib/jobs.ts";
import { swarmContext, type HostSwarmContext, type HostSwarmOptions } from "./context.ts";
import type { SwarmReport } from "./report.ts";
import { openRow } from "./row.ts";
import { createRun, type Run } from "./run.ts";
import { MOST_SESSIONS, type TaskLimits } from "./settings.ts";

/** Who starts a swarm, and for whose tasks; what is left out comes from the settings. `session` is the one that the call came from. */
export interface SwarmRequest {
  session: string;
  caller: string;
  owners: readonly string[];
  maxConcurrency?: number | undefined;
  limits?: { [Limit in keyof TaskLimits]?: number | undefined } | undefined;
}

/** The swarm of one project in one run of the host: ready tasks become child sessions of their owners. */
export interface HostSwarm {
  /** Starts it and returns once the first tasks are claimed; throws `busy` while one runs, `not_allowed` from inside background work. */
  start(request: SwarmRequest): Promise<SwarmReport>;
  /** The swarm that runs, else the last one of this run of the host. */
  status(): Promise<SwarmReport | undefined>;
  /** The last swarm of the project while this run of the host has started none: it ended, was lost with its run, or runs in another process. */
  earlier(): Promise<Job | undefined>;
  /** Stops the workers' sessions, gives their tasks back and resolves once all of it is done. */
  stop(reason: string): Promise<SwarmReport | undefined>;
  /** Resolves at the end of the swarm, or earlier when the signal fires; the swarm goes on in that case. */
  wait(signal: AbortSignal): Promise<SwarmReport | undefined>;
  /** Notes that this session read the end of this run's swarm or of the earlier one, if it is the one to be told. */
  read(session: string): Promise<void>;
  /** To be called when a task, an incident or the campaign may have changed in this process. */
  look(): void;
  /** To be called when a session was deleted: a swarm for it is stopped. */
  sessionDeleted(sessionID: string): void;
  /** Ends everything without a trace in the store, as the end of the host would: leases run out and the tasks return. */
  close(): void;
}

export function createHostSwarm(options: HostSwarmOptions): HostSwarm {
  const over = new AbortController();
  let run: Run | undefined;
  let isOpen = false;
  let listeners: string[] = [];
  const { transact } = swarmContext(options, { host: "opencode" }, over.signal);
  const earlier = async (): Promise<Job | undefined> => {
    if (run || !(await (await options.store()).exists())) return undefined;
    await options.ready();
    return (await transact((tx) => tx.jobs.list({ agent: SWARM_AGENT }))).at(-1);
  };

  return {
    async start(request) {
      if (isOpen) {
        throw new OhmymktError("busy", "a swarm runs already in this project", {
          hint: "look at it with action status; tasks that become ready are picked up by it",
        });
      }
      isOpen = true;
      try {
        const context = swarmContext(
          options,
          { host: "opencode", agent: request.caller, session: request.session },
          over.signal,
        );
        run = await begin(context, request);
      } catch (error) {
        isOpen = false;
        throw error;
      }
      listeners = [request.session, run.root];
      void run.done.then(() => (isOpen = false));
      await run.begun;
      return run.report();
    },
    status: async () => run?.report(),
    earlier,
    async stop(reason) {
      if (isOpen) run?.stop(reason);
      await run?.done;
      return run?.report();
    },
    async wait(signal) {
      if (!run) return undefined;
      const left = new Promise<void>((resolve) => {
        if (signal.aborted) resolve();
        signal.addEventListener("abort", () => resolve(), { once: true });
      });
      await Promise.race([run.done, left]);
      return run.report();
    },
    async read(session) {
      if (run) return listeners.includes(session) ? run.read() : undefined;
      const last = await earlier();
      if (!last || !isEnded(last) || ![last.parent_session, last.root_session].includes(session)) return;
      await transact((tx) => tx.jobs.mark(last.id, "read"));
    },
    look: () => run?.wake(),
    sessionDeleted(sessionID) {
      if (isOpen && run?.root === sessionID) run.stop("the session that it worked for was deleted");
    },
    close: () => over.abort(),
  };
}

async function begin(
  context: HostSwarmContext,
  { session, caller, owners, maxConcurrency, limits }: SwarmRequest,
): Promise<Run> {
  const lineage = await context.runner.lineage(session);
  const root = lineage.at(-1) ?? session;
  const whose = { session, caller, root, owners: [...new Set(owners)] };
  const settings = await context.settings();
  const row = await context.transact(async (tx) => {
    for (const one of lineage) {
      const [above] = await tx.jobs.list({ child: one, limit: 1 });
      if (above)
        throw new OhmymktError("not_allowed", `this is the background work ${above.id}, which cannot start a swarm`, {
          hint: "hand back what should be done; the agent above starts it",
        });
    }
    return openRow(tx, context.owner, whose);
  });
  return createRun(context, {
    ...whose,
    row,
    maxConcurrency: Math.min(MOST_SESSIONS, maxConcurrency ?? settings.maxConcurrency),
    limits: {
      minutes: limits?.minutes ?? settings.limits.minutes,
      tokens: limits?.tokens ?? settings.limits.tokens,
      toolCalls: limits?.toolCalls ?? settings.limits.toolCalls,
    },
    leaseMs: settings.leaseMs,
    retry: settings.retry,
  });
}
