import type { Job } from "../../lib/jobs.ts";
import type { Transaction } from "../../store/store.ts";
import type { Hold } from "./holds.ts";
import type { TaskLimits } from "./settings.ts";
import type { WorkerEnd } from "./assignment.ts";

/** A task in work. Times are ISO 8601; `tokens` and `toolCalls` are as of the last heartbeat. */
export interface SwarmWorker {
  agent: string;
  task: string;
  title: string;
  session: string | undefined;
  since: string;
  state: "working" | "waiting";
  tokens: number;
  toolCalls: number;
  /** Set when nothing new came from its session for longer than a lease: its model or a tool may hang. */
  silentSince?: string;
}

/** How one attempt at a task ended. */
export interface SwarmResult {
  agent: string;
  task: string;
  title: string;
  end: Exclude<WorkerEnd["is"], "over">;
  /** The summary of a completed task, else the reason. */
  text: string;
  tokens: number;
}

/** Pending tasks of the swarm's owners that it cannot take. */
export interface SwarmRest {
  /** Those that wait for other tasks. */
  blocked: number;
  /** Of these, the ones whose blocker failed or was cancelled: nothing will make them ready. */
  stuck: number;
  /** Held by a P0, a rollback or a paused module; the reasons, each once. */
  held: number;
  reasons: string[];
}

export interface SwarmTotals extends SwarmRest {
  completed: number;
  failed: number;
  retried: number;
  requeued: number;
  /** Workers that wait for a person. */
  waiting: number;
  tokens: number;
}

/** A swarm as it stands, or as it ended; `job` is the row by which its end is told once. */
export interface SwarmReport {
  state: "running" | "stopping" | "drained" | "stopped";
  reason?: string;
  since: string;
  owners: readonly string[];
  maxConcurrency: number;
  limits: TaskLimits;
  workers: SwarmWorker[];
  results: SwarmResult[];
  totals: SwarmTotals;
  job?: Job;
}

/** Rows that one look at the pool reads of each owner. */
const LOOKED_AT = 1000;

export async function readRest(tx: Transaction, owners: readonly string[], hold: Hold): Promise<SwarmRest> {
  const rest: SwarmRest = { blocked: 0, stuck: 0, held: 0, reasons: [] };
  for (const owner of owners) {
    const ready = new Set((await tx.tasks.list({ ready: true, owner, limit: LOOKED_AT })).map(({ id }) => id));
    for (const task of await tx.tasks.list({ status: ["pending"], owner, limit: LOOKED_AT })) {
      const reason = hold(task.module);
      if (reason !== undefined) {
        rest.held += 1;
        if (!rest.reasons.includes(reason)) rest.reasons.push(reason);
      } else if (!ready.has(task.id) && task.not_before === undefined) {
        rest.blocked += 1;
        if ((task.blocked_by_failed ?? []).length > 0) rest.stuck += 1;
      }
    }
  }
  return rest;
}

export function totalsOf(
  results: readonly SwarmResult[],
  workers: readonly SwarmWorker[],
  rest: SwarmRest,
): SwarmTotals {
  const count = (...ends: SwarmResult["end"][]): number => results.filter(({ end }) => ends.includes(end)).length;
  return {
    ...rest,
    completed: count("completed"),
    failed: count("failed"),
    retried: count("retried"),
    requeued: count("requeued", "blocked", "lost"),
    waiting: workers.filter(({ state }) => state === "waiting").length,
    tokens: [...results, ...workers].reduce((sum, { tokens }) => sum + tokens, 0),
  };
}

const WORDS: Record<SwarmReport["state"], string> = {
  running: "The swarm runs",
  stopping: "The swarm is stopping",
  drained: "The swarm has finished: nothing is ready and nothing runs",
  stopped: "The swarm was stopped",
};

/** Characters that one result takes, and results that are shown of one attempt kind. */
const SHOWN = 400;
const MOST = 40;

/** A report as people and models read it. */
export function reportText({
  state,
  reason,
  owners,
  maxConcurrency,
  limits,
  workers,
  results,
  totals,
}: SwarmReport): string {
  const shown = results.slice(-MOST);
  return [
    `${WORDS[state]}${reason === undefined ? "" : `: ${reason}`}.`,
    `Owners ${owners.join(", ")}; at most ${maxConcurrency} at a time; ${limits.minutes} minutes, ${limits.tokens} tokens and ${limits.toolCalls} tool calls for a task.`,
    totalsText(totals),
    ...workers.map(workerText),
    results.length > shown.length ? `… ${results.length - shown.length} earlier ends` : "",
    ...shown.map(resultText),
  ]
    .filter(Boolean)
    .join("\n");
}

function totalsText(totals: SwarmTotals): string {
  const { completed, failed, retried, requeued, waiting, blocked, stuck, held, reasons, tokens } = totals;
  const rest = [
    `${completed} completed, ${failed} failed, ${retried} tried again, ${requeued} back in the pool, ${waiting} waiting for a person, ${tokens} tokens.`,
    blocked > 0
      ? `${blocked} pending behind other tasks${stuck > 0 ? `, ${stuck} of them behind one that failed` : ""}.`
      : "",
    held > 0 ? `${held} held: ${reasons.join("; ")}.` : "",
  ];
  return rest.filter(Boolean).join(" ");
}

function workerText({
  agent,
  task,
  title,
  session,
  since,
  state,
  tokens,
  toolCalls,
  silentSince,
}: SwarmWorker): string {
  const where =
    session === undefined ? "starting" : `${state === "waiting" ? "waits for a person" : "works"} in ${session}`;
  return `- ${agent}: ${title} (${task}) ${where} since ${since}, ${tokens} tokens, ${toolCalls} tool calls${silentSince === undefined ? "" : `, silent since ${silentSince}`}`;
}

const ENDS: Record<SwarmResult["end"], string> = {
  completed: "completed",
  failed: "failed for good",
  retried: "failed, is tried again",
  requeued: "back in the pool",
  blocked: "blocked, back in the pool",
  lost: "given up",
};

function resultText({ agent, task, title, end, text }: SwarmResult): string {
  const words = text.length > SHOWN ? `${text.slice(0, SHOWN)}…` : text;
  return `- ${agent}: ${title} (${task}) ${ENDS[end]}: ${words}`;
}
