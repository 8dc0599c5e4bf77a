import { z } from "zod";
import type { Job } from "../../lib/jobs.ts";
import { defineTool } from "../ohmymkt/define.ts";
import { deskOf } from "./desk.ts";
import { renderJob } from "./render.ts";

export const backgroundCancel = defineTool({
  name: "background_cancel",
  summary: "Stop a background job.",
  args: { id: z.string().min(1) },
  async run({ id }, context): Promise<{ job: Job }> {
    const { jobs, session, agent } = deskOf(context);
    return { job: await jobs.read(await jobs.cancel(id, `cancelled by ${agent}`), session) };
  },
  render: ({ job }) => (job.state === "cancelled" ? renderJob(job) : `It had ended before.\n${renderJob(job)}`),
});
