import { ASSET_MANIFEST } from "./assets.ts";
import { BOULDER_DOCUMENT, EXECUTION_DOCUMENT } from "./campaign.ts";
import { COMPETITORS } from "./competitors.ts";
import { CYCLES_DOCUMENT } from "./cycle.ts";
import type { Collection, Document } from "./documents.ts";
import { GATES_DOCUMENT } from "./gates.ts";
import { INCIDENTS } from "./incidents.ts";
import { METRICS_DOCUMENT } from "./metrics.ts";
import { MODULES_DOCUMENT } from "./modules.ts";
import { PLANS } from "./plans.ts";
import { POSITIONING_DOCUMENT } from "./positioning.ts";
import { PROVIDERS_DOCUMENT } from "./providers.ts";
import { BRIEFS } from "./research.ts";
import { SPRINT_BOARD_DOCUMENT } from "./sprint-board.ts";

/** Who writes a document, who reads it and when it changes; the reference documentation is generated from this. */
interface Contract {
  producer: string;
  consumer: string;
  trigger: string;
}

/** Documents that exist once per project; while one that `governs` cannot be read, no cycle decides. */
export const DOCUMENTS: readonly (Contract & { document: Document<unknown>; governs: boolean })[] = [
  {
    document: GATES_DOCUMENT,
    governs: true,
    producer: "check_gates (seed), update_gates, review_plan",
    consumer: "check_gates, start_campaign, run_cycle, report_growth",
    trigger: "gate checks and updates",
  },
  {
    document: METRICS_DOCUMENT,
    governs: true,
    producer: "start_campaign (seed), import_metrics, update_metrics",
    consumer: "people; cycles read the observations behind it",
    trigger: "every import or metric update",
  },
  {
    document: MODULES_DOCUMENT,
    governs: true,
    producer: "start_campaign (seed), rollback, resume",
    consumer: "run_cycle, incident, operators",
    trigger: "startup, rollback, resume",
  },
  {
    document: SPRINT_BOARD_DOCUMENT,
    governs: true,
    producer: "start_campaign",
    consumer: "execution work, read_state",
    trigger: "campaign start and sprint refinement by a person",
  },
  {
    document: EXECUTION_DOCUMENT,
    governs: true,
    producer: "start_campaign, incident, run_cycle",
    consumer: "run_cycle, report_growth, guards",
    trigger: "every campaign transition",
  },
  {
    document: CYCLES_DOCUMENT,
    governs: true,
    producer: "run_cycle",
    consumer: "report_growth, read_state",
    trigger: "every cycle",
  },
  {
    document: BOULDER_DOCUMENT,
    governs: true,
    producer: "start_campaign",
    consumer: "operators and agents",
    trigger: "campaign start and end",
  },
  {
    document: POSITIONING_DOCUMENT,
    governs: false,
    producer: "save_positioning",
    consumer: "content work",
    trigger: "positioning work",
  },
  {
    document: ASSET_MANIFEST,
    governs: false,
    producer: "asset_manifest",
    consumer: "content work",
    trigger: "asset work",
  },
  {
    document: PROVIDERS_DOCUMENT,
    governs: false,
    producer: "provider_config",
    consumer: "generate_image, generate_video, publish",
    trigger: "provider settings",
  },
];

/** Folders of documents. */
export const COLLECTIONS: readonly (Contract & { collection: Collection<unknown> })[] = [
  {
    collection: PLANS,
    producer: "plan_growth",
    consumer: "review_plan, start_campaign",
    trigger: "every version of a plan",
  },
  {
    collection: INCIDENTS,
    producer: "incident",
    consumer: "run_cycle, start_campaign, report_growth",
    trigger: "every change of an incident",
  },
  { collection: BRIEFS, producer: "research_brief", consumer: "requirements and content work", trigger: "research" },
  {
    collection: COMPETITORS,
    producer: "competitor_profile",
    consumer: "positioning and content work",
    trigger: "research",
  },
];

/** The document at a path relative to `.ohmymkt/`, if one is governed there. */
export function documentByPath(path: string): Document<unknown> | undefined {
  const single = DOCUMENTS.find(({ document }) => document.path === path)?.document;
  if (single) return single;
  const home = COLLECTIONS.find(
    ({ collection }) => path.startsWith(`${collection.folder}/`) && path.endsWith(collection.extension),
  )?.collection;
  return home?.at(path.slice(home.folder.length + 1, -home.extension.length));
}
