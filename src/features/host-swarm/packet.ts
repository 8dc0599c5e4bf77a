import { z } from "zod";
import { CriterionResult, type Task } from "../../lib/tasks.ts";

/** What the agent of a task answers in the end. */
export const TaskAnswer = z.object({
  status: z.enum(["done", "failed", "blocked"]),
  summary: z.string(),
  results: z.array(z.object({ criterion: z.string(), evidence: z.string() })).default([]),
  error: z.string().optional(),
});
export type TaskAnswer = z.infer<typeof TaskAnswer>;

/** JSON schema of the answer; a criterion can only be one of the task's own. */
export function answerFormat({
  acceptance_criteria: criteria,
}: Pick<Task, "acceptance_criteria">): Record<string, unknown> {
  const criterion = criteria.length > 0 ? { type: "string", enum: [...new Set(criteria)] } : { type: "string" };
  return {
    type: "object",
    additionalProperties: false,
    required: ["status", "summary", "results"],
    properties: {
      status: { type: "string", enum: TaskAnswer.shape.status.options },
      summary: { type: "string" },
      results: {
        type: "array",
        items: {
          type: "object",
          additionalProperties: false,
          required: Object.keys(CriterionResult.shape),
          properties: { criterion, evidence: { type: "string" } },
        },
      },
      error: { type: "string" },
    },
  };
}

const SHAPE =
  '```json\n{"status": "done | failed | blocked", "summary": "…", "results": [{"criterion": "…", "evidence": "…"}], "error": "…"}\n```';

/** Characters of one blocker's result, or of one earlier note, in a packet. */
const SHOWN = 1500;

/** The prompt of a task's agent: all that it needs, and where its work ends. `blockers` are the finished tasks that it builds on; `bySchema` when the host asks for the answer itself. */
export function packetOf(task: Task, blockers: readonly Task[], bySchema: boolean): string {
  return [
    `You do one task of the pool: ${task.title} (${task.id}). It is claimed for you; ohmymkt writes down how it ends.`,
    section("Objective", [task.objective]),
    section("Description", [task.description]),
    section("Context", facts(task)),
    section("Acceptance criteria, each needs a result with evidence", task.acceptance_criteria.map(bullet)),
    section("Results you build on", blockers.map(resultOf)),
    section("Earlier attempts", earlier(task)),
    section(
      "You may write",
      task.artifacts.length > 0 ? task.artifacts.map(bullet) : ["No files; hand back your findings in the answer."],
    ),
    section("Out of scope", [
      "Everything else: other tasks, files outside that list, the state of the pool. Start no swarm and no background work. What you find beside the task goes into the summary.",
    ]),
    section("Rollback condition", [task.rollback_condition ?? "None is stated; undo what you cannot finish."]),
    section("Answer", [
      bySchema ? "" : `End your last message with this as one JSON block:\n${SHAPE}`,
      "status `done` only when every criterion holds, with `results` naming each criterion word for word and its evidence (a file, a URL, a number with its source); " +
        "`failed` with `error` when it cannot be done; `blocked` with `error` when it waits for something outside, such as an approval that nobody gave (name its id). `summary`: what the next one needs to know.",
    ]),
  ]
    .filter(Boolean)
    .join("\n\n");
}

function section(title: string, lines: readonly string[]): string {
  const text = lines.filter((line) => line.trim() !== "").join("\n");
  return text === "" ? "" : `# ${title}\n${text}`;
}

function bullet(text: string): string {
  return `- ${text}`;
}

function facts({ module, track, plan, campaign, due_date, kpi_impact }: Task): string[] {
  return Object.entries({ module, track, plan, campaign, "due date": due_date, "KPI impact": kpi_impact }).flatMap(
    ([name, value]) => (value === undefined ? [] : [`- ${name}: ${value}`]),
  );
}

function resultOf({ id, title, owner, result, results, artifacts }: Task): string {
  const evidence = (results ?? []).map((one) => `  - ${one.criterion}: ${one.evidence}`);
  const files = artifacts.length > 0 ? [`  - may have written: ${artifacts.join(", ")}`] : [];
  return [`- ${title} (${id}, ${owner}): ${cut(result ?? "no result")}`, ...evidence, ...files].join("\n");
}

function earlier({ checkpoints, error, attempts }: Task): string[] {
  const notes = checkpoints.map(({ at, note }) => `- ${at}: ${cut(note)}`);
  return attempts > 1 && error !== undefined ? [...notes, `- the last one ended with: ${cut(error)}`] : notes;
}

function cut(text: string): string {
  return text.length > SHOWN ? `${text.slice(0, SHOWN)}…` : text;
}
