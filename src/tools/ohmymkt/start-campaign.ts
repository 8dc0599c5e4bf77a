import { z } from "zod";
import { moveCampaignTo, resumeScale } from "../../features/governance/effects.ts";
import { knownPlans, readStanding } from "../../features/governance/facts.ts";
import { readExecution } from "../../features/governance/seeds.ts";
import {
  endCampaign,
  isHeld,
  startCampaign as start,
  startObstacles,
  type StartOutcome,
} from "../../features/governance/start.ts";
import { OhmymktError } from "../../errors.ts";
import { campaignObstacles, type Execution } from "../../lib/campaign.ts";
import { resolvePlan } from "../../lib/plans.ts";
import type { Transaction } from "../../store/store.ts";
import { defineTool, spendApproval } from "./define.ts";

type Outcome = StartOutcome | { state: "active" | "paused" | "ended"; plan: string; archived?: string };

export const startCampaign = defineTool({
  name: "ohmymkt_start_campaign",
  summary: "Start a plan's campaign when all gates pass; or pause, resume or end it.",
  args: {
    action: z.enum(["start", "pause", "resume", "end"]).default("start"),
    plan: z.string().optional(),
    end_current: z.boolean().optional(),
    reason: z.string().trim().min(1).max(1000).optional(),
  },
  async confirm(args, context) {
    return context.transact(async (tx) => {
      if (args.action === "resume") {
        const held = await resumable(tx);
        return {
          kind: "campaign",
          subject: resumeSubject(held),
          summary: `resume ${held.plan} (${held.state})${args.reason ? `: ${args.reason}` : ""}`,
        };
      }
      const ending = await heldToEnd(tx, args);
      return (
        ending && {
          kind: "campaign",
          subject: endSubject(ending),
          summary: `end ${ending.plan} (${ending.state})${args.reason ? `: ${args.reason}` : ""}`,
        }
      );
    });
  },
  async run(args, context): Promise<Outcome> {
    return context.transact(async (tx) => {
      const ending = await heldToEnd(tx, args);
      if (ending) await spendApproval(tx, context.approval, "campaign", endSubject(ending));
      if (args.action === "start")
        return start(tx, { plan: args.plan, endCurrent: args.end_current, reason: args.reason }, context.actor);
      const execution = await readExecution(tx);
      const plan = execution.plan ?? "none";
      if (args.action === "end") {
        return {
          state: "ended",
          plan,
          archived: await endCampaign(tx, context.actor, args.reason ?? "ended by request"),
        };
      }
      if (args.action === "pause") {
        await moveCampaignTo(tx, "paused", context.actor, args.reason ?? "paused by request");
        return { state: "paused", plan };
      }
      const paused = await resumable(tx);
      const approval = await spendApproval(tx, context.approval, "campaign", resumeSubject(paused));
      await moveCampaignTo(tx, "active", context.actor, args.reason ?? "resumed", { approval: approval.id });
      await resumeScale(tx, `campaign on ${plan} resumed`);
      return { state: "active", plan };
    });
  },
  render: (outcome) => {
    if (outcome.state === "blocked") {
      return [
        `BLOCKED: the campaign on ${outcome.plan} did not start; nothing was changed.`,
        ...outcome.why.map((why) => `- ${why}`),
        "Next: remedy these (see ohmymkt_check_gates), then start again.",
      ].join("\n");
    }
    const board = "tasks" in outcome ? ` Sprint board with ${outcome.tasks} items; both tracks active.` : "";
    return `Campaign on ${outcome.plan} is ${outcome.state}.${board}${outcome.archived ? ` Archived: .ohmymkt/${outcome.archived}` : ""}`;
  },
});

/** The held campaign, when nothing stands against resuming it. */
async function resumable(tx: Transaction): Promise<Execution> {
  const { execution, gates, incidents } = await readStanding(tx);
  if (!isHeld(execution)) {
    throw new OhmymktError(
      "invalid_transition",
      `only a paused or rolled back campaign can resume; this one is ${execution.state}`,
    );
  }
  const obstacles = campaignObstacles({ gates, incidents, resuming: true });
  if (obstacles.length === 0) return execution;
  throw new OhmymktError(
    "invalid_transition",
    `the campaign on ${execution.plan} cannot resume: ${obstacles.join("; ")}`,
    {
      hint: "remedy the gates, resolve the P0 with its postmortem, then resume",
    },
  );
}

/** The held campaign that this call would end, when it would: ending one must not be a way round resuming it. */
async function heldToEnd(
  tx: Transaction,
  args: { action: string; plan?: string | undefined; end_current?: boolean | undefined },
): Promise<Execution | undefined> {
  const execution = await readExecution(tx);
  if (!isHeld(execution)) return undefined;
  if (args.action === "end") return execution;
  if (args.action !== "start" || !args.end_current) return undefined;
  const plan = resolvePlan(args.plan, (await knownPlans(tx)).plans);
  return (await startObstacles(tx, plan)).length === 0 ? execution : undefined;
}

function endSubject(execution: Execution): unknown {
  return { end: execution.plan, since: execution.history.at(-1)?.at };
}

function resumeSubject(execution: Execution): unknown {
  return { resume: execution.plan, since: execution.history.at(-1)?.at };
}
