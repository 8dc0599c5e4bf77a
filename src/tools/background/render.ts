import type { JobProgress } from "../../features/background/jobs.ts";
import { isEnded, jobMarker, type Job } from "../../lib/jobs.ts";

/** Characters of a result that one answer shows. */
const SHOWN = 20_000;
const LAST_WORDS = 500;

/** A job as a model reads it; an ended one with its marker, by which the host knows later that it was told. */
export function renderJob(job: Job, progress?: JobProgress): string {
  return isEnded(job) ? renderEnd(job) : renderOpen(job, progress);
}

function renderEnd(job: Job): string {
  const text = job.result ?? "";
  const cut =
    text.length > SHOWN
      ? `\n… (${text.length} characters; all of it is in session ${job.child_session ?? "unknown"})`
      : "";
  const cost = job.tokens === undefined ? "" : `, ${job.tokens} tokens`;
  return [`${jobMarker(job)} ${job.agent}: ${job.title}${cost}`, job.error ?? "", `${text.slice(0, SHOWN)}${cut}`]
    .filter(Boolean)
    .join("\n");
}

function renderOpen(job: Job, progress: JobProgress | undefined): string {
  const words = progress?.text ?? "";
  const lines = [
    `${job.id} is ${job.state}: ${job.agent}: ${job.title}`,
    job.started_at === undefined
      ? "It waits for room."
      : `Since ${job.started_at}${progress ? `, ${progress.tokens} tokens so far` : ""}.`,
    progress?.waitsForPerson === true ? "It waits for a person's answer." : "",
    words === "" ? "" : `Last words: ${words.slice(-LAST_WORDS)}`,
  ];
  return lines.filter(Boolean).join("\n");
}
