import { approvals } from "./approvals.ts";
import { assetManifest } from "./asset-manifest.ts";
import { checkGates } from "./check-gates.ts";
import { competitorProfile } from "./competitor-profile.ts";
import { backgroundCancel } from "../background/cancel.ts";
import { backgroundOutput } from "../background/output.ts";
import { backgroundTask } from "../background/task.ts";
import type { OhmymktTool } from "./define.ts";
import { generateImage } from "./generate-image.ts";
import { generateVideo } from "./generate-video.ts";
import { importMetrics } from "./import-metrics.ts";
import { incident } from "./incident.ts";
import { listPlans } from "./list-plans.ts";
import { providerConfig } from "./provider-config.ts";
import { planGrowth } from "./plan-growth.ts";
import { publish } from "./publish.ts";
import { readState } from "./read-state.ts";
import { reportGrowth } from "./report-growth.ts";
import { researchBrief } from "./research-brief.ts";
import { reviewPlan } from "./review-plan.ts";
import { runCycle } from "./run-cycle.ts";
import { savePositioning } from "./save-positioning.ts";
import { swarm } from "./swarm.ts";
import { startCampaign } from "./start-campaign.ts";
import { taskClaim } from "./task-claim.ts";
import { taskCreate } from "./task-create.ts";
import { taskList } from "./task-list.ts";
import { taskUpdate } from "./task-update.ts";
import { updateGates } from "./update-gates.ts";
import { updateMetrics } from "./update-metrics.ts";

/** Every tool, in the order of the growth loop. */
export const TOOLS: readonly OhmymktTool[] = [
  planGrowth,
  listPlans,
  reviewPlan,
  checkGates,
  updateGates,
  startCampaign,
  runCycle,
  incident,
  taskCreate,
  taskClaim,
  taskUpdate,
  taskList,
  updateMetrics,
  importMetrics,
  reportGrowth,
  readState,
  researchBrief,
  competitorProfile,
  savePositioning,
  assetManifest,
  providerConfig,
  generateImage,
  generateVideo,
  publish,
  approvals,
  swarm,
  backgroundTask,
  backgroundOutput,
  backgroundCancel,
];
