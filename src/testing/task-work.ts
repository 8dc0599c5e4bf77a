import type { Claim, ClaimResult } from "../features/tasks/claim-task.ts";
import type { Created } from "../features/tasks/create-tasks.ts";
import type { Task } from "../lib/tasks.ts";
import type { ToolBench } from "./tool-bench.ts";

export const EM = "execution-manager";
export const WRITER = "content-writer";

/** A sound task of the writer, with one criterion. */
export function work(title: string, more: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    title,
    objective: `Do ${title}`,
    owner: WRITER,
    acceptance_criteria: [`${title} has 3 pages`],
    ...more,
  };
}

export type CreateValue = Created & { ready: string[]; graph: string; existing: { item: string; task: Task }[] };

export async function createWork(bench: ToolBench, args: Record<string, unknown>): Promise<CreateValue> {
  return (await bench.call("task_create", args, EM)).value as CreateValue;
}

/** Claims as this agent; throws when nothing can be claimed. */
export async function claimWork(bench: ToolBench, args: Record<string, unknown> = {}, agent = WRITER): Promise<Claim> {
  const { claim } = (await bench.call("task_claim", args, agent)).value as ClaimResult;
  if (claim === undefined) throw new Error("expected a task to be claimed");
  return claim;
}
