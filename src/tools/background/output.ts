import { z } from "zod";
import type { JobProgress } from "../../features/background/jobs.ts";
import type { Job } from "../../lib/jobs.ts";
import { defineTool } from "../ohmymkt/define.ts";
import { deskOf } from "./desk.ts";
import { renderJob } from "./render.ts";

export const backgroundOutput = defineTool({
  name: "background_output",
  summary: "State and result of a background job.",
  args: {
    id: z.string().min(1),
    wait: z.boolean().optional(),
  },
  async run({ id, wait }, context): Promise<{ job: Job; progress?: JobProgress }> {
    const { jobs, session } = deskOf(context);
    const found = wait === true ? await jobs.wait(id, context.signal) : await jobs.get(id);
    const job = await jobs.read(found, session);
    const progress = await jobs.progress(job);
    return { job, ...(progress ? { progress } : {}) };
  },
  render: ({ job, progress }) => renderJob(job, progress),
});
