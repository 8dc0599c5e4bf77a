import { z } from "zod";
import { OhmymktError } from "../../errors.ts";
import type { SwarmDesk } from "../../features/host-swarm/desk.ts";
import { reportText, type SwarmReport } from "../../features/host-swarm/report.ts";
import { MOST_SESSIONS } from "../../features/host-swarm/settings.ts";
import { isEnded, jobMarker, type Job } from "../../lib/jobs.ts";
import { renderJob } from "../background/render.ts";
import { defineTool, type ToolContext } from "./define.ts";
import { outlined } from "./lean-schema.ts";

interface SwarmAnswer {
  report?: SwarmReport;
  /** When this run of the host has started none. */
  earlier?: Job;
  foreground?: string;
}

export const swarm = defineTool({
  name: "ohmymkt_swarm",
  summary: "Let agents work off their ready tasks in parallel; you are told once at the end.",
  args: {
    action: z.enum(["start", "status", "stop"]),
    owners: z.array(z.string().min(1)).min(1).max(50).optional(),
    max_concurrency: z.int().min(1).max(MOST_SESSIONS).optional(),
    limits: outlined(
      z
        .strictObject({
          minutes: z.number().min(1).max(1440),
          tokens: z.int().min(1000),
          tool_calls: z.int().min(1),
        })
        .partial(),
      "{minutes, tokens, tool_calls}",
    ).optional(),
  },
  async run({ action, owners, max_concurrency: maxConcurrency, limits }, context): Promise<SwarmAnswer> {
    const desk = deskOf(context);
    const { session, agent, foreground } = desk;
    const answered = async (report: SwarmReport | undefined): Promise<SwarmAnswer> => {
      const earlier = report ? undefined : await desk.swarm.earlier();
      if (report?.job || earlier) await desk.swarm.read(session);
      return { ...(report ? { report } : {}), ...(earlier ? { earlier } : {}) };
    };
    if (action === "status") return answered(await desk.swarm.status());
    if (action === "stop") return answered(await desk.swarm.stop(`stopped by ${agent}`));
    const report = await desk.swarm.start({
      session,
      caller: agent,
      owners: ownersOf(owners, desk),
      maxConcurrency,
      limits: limits && { minutes: limits.minutes, tokens: limits.tokens, toolCalls: limits.tool_calls },
    });
    if (foreground === undefined) return answered(report);
    return { ...(await answered(await desk.swarm.wait(context.signal))), foreground };
  },
  render: ({ report, earlier, foreground }) => {
    if (!report) return earlier ? earlierText(earlier) : "No swarm has run yet. Start one with action start.";
    return [
      report.job ? jobMarker(report.job) : "",
      reportText(report),
      foreground === undefined ? "" : `It was waited for here: ${foreground}.`,
      report.state === "running"
        ? "You are told when it ends; go on meanwhile. Action status shows it, action stop ends it."
        : "",
    ]
      .filter(Boolean)
      .join("\n");
  },
});

function earlierText(job: Job): string {
  const whose = isEnded(job)
    ? "None has run since this host started. The last one before:"
    : `One runs in another process of the host, ${job.owner.pid}; it is stopped there:`;
  return `${whose}\n${renderJob(job)}`;
}

function deskOf({ swarm: desk, actor }: ToolContext): SwarmDesk & { session: string; agent: string } {
  if (desk && actor.session !== undefined && actor.agent !== undefined)
    return { ...desk, session: actor.session, agent: actor.agent };
  throw new OhmymktError("not_allowed", "a swarm runs agents, and only the agent host can run them", {
    hint: "let an agent in the host call it; elsewhere, claim tasks one by one with ohmymkt_task_claim",
  });
}

/** Whose tasks are worked off: those named, else those of every agent that the caller may start. */
function ownersOf(
  owners: readonly string[] | undefined,
  { delegates, agent }: { delegates: readonly string[] | undefined; agent: string },
): readonly string[] {
  const chosen = owners ?? delegates ?? [];
  if (chosen.length === 0)
    throw new OhmymktError("invalid_arguments", "owners: expected the agents whose tasks shall be done, got none", {
      hint: "name them; ohmymkt_task_list shows who owns what",
    });
  const strangers = delegates === undefined ? [] : chosen.filter((owner) => !delegates.includes(owner));
  if (strangers.length === 0) return chosen;
  throw new OhmymktError("not_allowed", `${agent} may not start ${strangers.join(", ")}`, {
    hint:
      delegates && delegates.length > 0
        ? `it may start ${delegates.join(", ")}`
        : "it may start no agent; hand the work back",
  });
}
