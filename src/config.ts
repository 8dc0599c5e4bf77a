import { z } from "zod";
import { defineDocument } from "./lib/documents.ts";
import { SIGNAL_NAMES } from "./lib/metrics.ts";
import { Money } from "./lib/plans.ts";

const Days = z.int().min(1).max(365);
const Pattern = z.string().max(1000).refine(isPattern, "expected a regular expression such as acme|ac me");

/** How the task pool treats the work that agents claim. */
const TaskSettings = z.strictObject({
  lease_minutes: z
    .number()
    .min(1)
    .max(1440)
    .default(30)
    .describe("How long a claim holds after each sign of life; then the task goes back to the pool"),
  heartbeat_minutes: z
    .number()
    .min(0.5)
    .max(480)
    .default(5)
    .describe("How often a worker should leave a note; after three times that in silence its task is listed as stale"),
  max_attempts: z.int().min(1).max(100).default(3).describe("Attempts of a task before a failure is final"),
  backoff_seconds: z
    .number()
    .min(0)
    .max(86_400)
    .default(60)
    .describe("Pause before a failed task is tried again; it doubles with each attempt"),
  backoff_limit_seconds: z.number().min(0).max(604_800).default(900).describe("Longest pause between two attempts"),
  max_open: z.int().min(1).max(100_000).default(1000).describe("Unfinished tasks that the pool may hold"),
  max_held: z.int().min(1).max(1000).default(5).describe("Tasks that one agent may hold at the same time"),
});

/** What the measured signals are computed from; the formulas are in the reference. */
export const MeasurementSettings = z.strictObject({
  brand_pattern: Pattern.optional().describe(
    "Regular expression that a brand query matches, without regard to case; without it no query counts as brand",
  ),
  high_intent_pages: Pattern.default("^/[^?]*(pricing|demo|trial|contact|signup|quote)").describe(
    "Regular expression that the path of a commercial landing page matches",
  ),
  assist_channels: z
    .array(z.string())
    .default(["Organic Search", "Organic Video", "AI Assistant"])
    .describe("GA4 channel groups whose key events count as assisted by organic or AI answers"),
  query_map: z
    .string()
    .default("research/query-map.csv")
    .describe("CSV below .ohmymkt/ with the columns query, cluster, priority, owner and url"),
  tracking_changes: z
    .array(
      z.strictObject({
        date: z.iso.date(),
        what: z.string().min(1),
        signals: z.array(z.enum(SIGNAL_NAMES)).optional(),
      }),
    )
    .default([])
    .describe(
      "Days from which a signal is measured differently; its trend counts only what stands from the last of them on",
    ),
});
export type MeasurementSettings = z.infer<typeof MeasurementSettings>;

/** How content leaves the building. */
const PublishingSettings = z.strictObject({
  banned_terms: z
    .array(z.string().trim().min(1).max(200))
    .max(1000)
    .default([])
    .describe("Words and phrases that nothing published may hold, without regard to case"),
  check_links: z
    .boolean()
    .default(true)
    .describe(
      "Whether the links of what is composed are asked for, so that broken ones are told before anything is sent",
    ),
  max_attempts: z
    .int()
    .min(1)
    .max(100)
    .default(5)
    .describe("Attempts of a delivery that certainly did not happen before it is held and an incident is opened"),
  backoff_seconds: z
    .number()
    .min(0)
    .max(86_400)
    .default(60)
    .describe(
      "Pause before such a delivery is tried again, where the platform names none; it doubles with each attempt",
    ),
  send_seconds: z
    .number()
    .min(1)
    .max(600)
    .default(60)
    .describe("Longest exchange with a platform; after it the outcome is unknown until it was read back"),
});

/** Settings of a project, `.ohmymkt/config.json`, written by a person; every member is optional. */
export const Config = z.strictObject({
  schema_version: z.literal(1).default(1).describe("Format of this file; it may be left out"),
  evidence_days: z
    .strictObject({
      strategy_gate: Days,
      compliance_gate: Days,
      capacity_gate: Days,
      data_gate: Days,
      ownership_gate: Days,
    })
    .partial()
    .default({})
    .describe("How many days the evidence of each gate lives"),
  ultrawork_budget_limit: Money.default({ amount: 1000, currency: "EUR" }).describe(
    "Ultrawork plans above this budget need planned mode",
  ),
  source_order: z
    .array(z.string())
    .default([])
    .describe("Sources in order of trust; where two disagree, the first one listed counts"),
  background: z
    .strictObject({
      parallel: z.int().min(1).max(16).default(4).describe("Background jobs that run at a time"),
      waiting: z.int().min(0).max(100).default(20).describe("Background jobs that may wait for room"),
      minutes: z
        .number()
        .positive()
        .max(1440)
        .default(30)
        .describe("Minutes after which a background job is stopped; waiting for a person does not count"),
    })
    .default({ parallel: 4, waiting: 20, minutes: 30 })
    .describe("Limits of background work"),
  swarm: z
    .strictObject({
      parallel: z.int().min(1).max(10).default(3).describe("Sessions that a swarm runs at a time"),
      minutes: z
        .number()
        .positive()
        .max(1440)
        .default(30)
        .describe("Minutes of work after which a task's session is stopped; waiting for a person does not count"),
      tokens: z.int().min(1000).default(2_000_000).describe("Tokens after which a task's session is stopped"),
      tool_calls: z.int().min(1).default(200).describe("Tool calls after which a task's session is stopped"),
      lease_seconds: z
        .number()
        .min(3)
        .max(3600)
        .default(60)
        .describe(
          "How long a task of the swarm stays claimed after the last sign of life, as when the host was killed; signs come, and limits are looked at, at a third of it",
        ),
    })
    .default({ parallel: 3, minutes: 30, tokens: 2_000_000, tool_calls: 200, lease_seconds: 60 })
    .describe("Limits of the swarm"),
  measurement: MeasurementSettings.prefault({}).describe("How signals are computed from imported data"),
  publishing: PublishingSettings.prefault({}).describe("Rules and limits of what leaves the building"),
  tasks: TaskSettings.prefault({}).describe("Leases, attempts and limits of the task pool"),
  timezone: z
    .string()
    .refine(isZone, "expected an IANA time zone such as Europe/Berlin")
    .default("UTC")
    .describe("IANA time zone of the days in report names"),
});
export type Config = z.infer<typeof Config>;

export const CONFIG_DOCUMENT = defineDocument({
  name: "config",
  path: "config.json",
  schema: Config,
  unversioned: true,
});
export const DEFAULT_CONFIG: Config = Config.parse({});

function isPattern(text: string): boolean {
  try {
    return new RegExp(text, "iu").ignoreCase;
  } catch {
    return false;
  }
}

function isZone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat("en", { timeZone: name }).resolvedOptions().timeZone !== "";
  } catch {
    return false;
  }
}
