import type { NewTask } from "../lib/tasks.ts";
import type { ScriptStep } from "./script-step.ts";
import { script } from "./scripted-model.ts";

const CRITERION = "it works";

/** A task whose agent plays these steps in its session; it has one criterion. */
export function scriptedTask(id: string, owner: string, steps: ScriptStep[], more: Partial<NewTask> = {}): NewTask {
  return {
    id,
    title: id,
    objective: "o",
    owner,
    acceptance_criteria: [CRITERION],
    description: script(steps),
    ...more,
  };
}

/** The last step of such a task: its criterion holds. */
export function doneStep(summary: string, delay_ms = 800): ScriptStep {
  const results = [{ criterion: CRITERION, evidence: "brief" }];
  return {
    delay_ms,
    text: `All done.\n\`\`\`json\n${JSON.stringify({ status: "done", summary, results })}\n\`\`\``,
  };
}

export function swarmStep(args: Record<string, unknown>): ScriptStep {
  return { calls: [["ohmymkt_swarm", args]] };
}
