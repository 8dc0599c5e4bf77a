import { z } from "zod";
import { assertCriteriaMet, type CriterionResult, type Task } from "../../lib/tasks.ts";
import type { SessionOutcome } from "../background/session-runner.ts";
import { objectIn } from "./answer-text.ts";
import { textOf } from "./context.ts";
import { TaskAnswer } from "./packet.ts";

/** What the end of a session means for its task. */
export type Verdict =
  | { is: "done"; summary: string; results: CriterionResult[] }
  | { is: "failed"; error: string }
  | { is: "blocked"; reason: string };

/** `outcome` is undefined for a session that was deleted. */
export function verdictOf(task: Task, outcome: SessionOutcome | undefined): Verdict {
  if (!outcome) return failed("its session was deleted");
  if (outcome.error) return failed(outcome.error.aborted ? "its session was stopped" : outcome.error.message);
  if (!outcome.finished) return failed("its session was cut off");
  const given = outcome.structured ?? objectIn(outcome.text);
  if (given === undefined)
    return failed(`expected a structured answer {status, summary, results}, got ${quoted(outcome.text)}`);
  const answer = TaskAnswer.safeParse(given);
  if (!answer.success) return failed(`the answer does not fit: ${z.prettifyError(answer.error)}`);
  return judge(task, answer.data);
}

function judge(task: Task, { status, summary, results, error }: TaskAnswer): Verdict {
  if (status === "failed") return failed(`its agent gave up: ${error ?? summary}`);
  if (status === "blocked") return { is: "blocked", reason: error ?? summary };
  const known = results.flatMap(({ criterion, evidence }) => {
    const own = task.acceptance_criteria.find((one) => one.trim() === criterion.trim());
    return own === undefined || evidence.trim() === "" ? [] : [{ criterion: own, evidence }];
  });
  try {
    assertCriteriaMet(task, known);
  } catch (problem) {
    return failed(textOf(problem));
  }
  return { is: "done", summary, results: known };
}

function failed(error: string): Verdict {
  return { is: "failed", error };
}

function quoted(text: string): string {
  return text === "" ? "nothing" : JSON.stringify(text.slice(0, 200));
}
