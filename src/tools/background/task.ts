import { z } from "zod";
import { OhmymktError } from "../../errors.ts";
import { isEnded, type Job } from "../../lib/jobs.ts";
import { defineTool } from "../ohmymkt/define.ts";
import { hidden } from "../ohmymkt/lean-schema.ts";
import { deskOf } from "./desk.ts";
import { renderJob } from "./render.ts";

type Started = { standBack: string } | { job: Job; foreground?: string };

const TITLE = 80;

export const backgroundTask = defineTool({
  name: "background_task",
  summary: "Start an agent in the background; its end is told to you.",
  args: {
    agent: z.string().min(1),
    prompt: z.string().min(1).max(50_000),
    title: hidden(z.string().min(1).max(200).optional()),
    wait: z.boolean().optional(),
  },
  async run({ agent, prompt, title, wait }, context): Promise<Started> {
    const { jobs, delegates, foreground, standBack, session, agent: caller } = deskOf(context);
    if (standBack !== undefined) return { standBack };
    if (delegates && !delegates.includes(agent)) {
      throw new OhmymktError("not_allowed", `${caller} may not start ${JSON.stringify(agent)}`, {
        hint:
          delegates.length > 0 ? `it may start ${delegates.join(", ")}` : "it may start no agent; hand the work back",
      });
    }
    const job = await jobs.start({ session, caller, agent, prompt, title: title ?? titleOf(prompt) });
    if (wait !== true && foreground === undefined) return { job };
    const seen = await jobs.read(await jobs.wait(job.id, context.signal), session);
    return { job: seen, ...(foreground === undefined || wait === true ? {} : { foreground }) };
  },
  render: (started) => {
    if ("standBack" in started) return started.standBack;
    const { job, foreground } = started;
    const next = isEnded(job)
      ? ""
      : `You are told when it ends; go on meanwhile. background_output {id: "${job.id}"} shows it.`;
    return [renderJob(job), foreground === undefined ? "" : `It was waited for here: ${foreground}.`, next]
      .filter(Boolean)
      .join("\n");
  },
});

function titleOf(prompt: string): string {
  const [line = prompt] = prompt.trim().split("\n");
  return (line.length > TITLE ? `${line.slice(0, TITLE - 1)}…` : line) || "background work";
}
