import type { ScriptStep } from "./script-step.ts";
import { script } from "./scripted-model.ts";
import type { OpencodeHost, Turn } from "./opencode-host.ts";
import { writeSampleData } from "./sample-data.ts";

type Call = [string, Record<string, unknown>];

export const step = (...calls: Call[]): ScriptStep => ({ calls });
export const say = (text: string): ScriptStep => ({ text });

/** A call of the host's task tool: the child plays its own script and its last words come back. */
export function delegate(agent: string, work: string, steps: ScriptStep[]): Call {
  return ["task", { description: work, subagent_type: agent, prompt: `${work} ${script(steps)}` }];
}

const PLAN = {
  goal: "Build a 30-day demand-gen pipeline for our B2B SaaS",
  name: "demand-gen",
  mode: "ultrawork",
  objective: { metric: "demo requests", baseline: 12, target: 30, unit: "per month", deadline: "2027-01-31" },
  channels: ["organic search", "newsletter"],
  acceptance_criteria: ["30 demo requests in 30 days", "24 pages with one owner URL each"],
  kpi_tree: {
    north_star: "qualified demo requests",
    drivers: [
      {
        name: "high-intent visits",
        inputs: [{ metric: "high_intent_session", owner: "growth-analyst", source: "ga4" }],
      },
    ],
  },
};
const REVISION = {
  goal: PLAN.goal,
  revise: "demand-gen",
  boundaries: ["no paid media", "no new domains"],
  timeline: { start: "2026-12-01", end: "2026-12-31" },
  deliverables: [
    { title: "Query map with owner URLs", owner: "intent-ops", due_date: "2026-12-08" },
    { title: "Eight comparison pages", owner: "content-ops", due_date: "2026-12-22" },
  ],
};
const CRAWL = {
  updates: [
    { gate: "data_gate", field: "dashboard_stable", value: true, evidence: "dashboard log of 14 days without a gap" },
  ],
};
const EVIDENCE = {
  updates: [
    { gate: "strategy_gate", field: "kpi_tree_bound", value: true, evidence: "kpi_tree of plans/demand-gen.md" },
    { gate: "compliance_gate", field: "documented", value: true, evidence: "docs/claims-and-consent.md" },
    {
      gate: "compliance_gate",
      field: "accepted_by_all",
      value: true,
      evidence: "acceptance mails of all owners, 2026-11-19",
    },
    { gate: "capacity_gate", field: "rolling_weeks_feasible", value: 9, evidence: "capacity sheet, week 48" },
    { gate: "data_gate", field: "reconcilable", value: true, evidence: "GSC and GA4 clicks differ by 3 % on 28 days" },
    {
      gate: "ownership_gate",
      field: "priority_query_coverage",
      value: 0.91,
      evidence: "query map v3, weighted by impressions",
    },
  ],
};

const MEASURED = {
  updates: [
    { gate: "strategy_gate", field: "kpi_tree_bound", value: true, evidence: "measured" },
    { gate: "ownership_gate", field: "priority_query_coverage", value: 1, evidence: "measured" },
  ],
};

function signals(visibility: string, quality: string): Record<string, unknown> {
  const one = (track: string, metric: string, trend: string) => ({ track, metric, trend, source: "weekly review" });
  return {
    observations: [
      one("visibility_track", "non_brand_visibility", visibility),
      one("visibility_track", "query_cluster_coverage", visibility),
      one("quality_track", "high_intent_session", quality),
      one("quality_track", "conversion_assist", quality),
    ],
  };
}

/** The chapters of the canonical path: what the person types and how the scripted model plays every agent. */
export const GROWTH_LOOP = {
  plan: {
    person: "ulw build a 30-day demand-gen pipeline for our B2B SaaS",
    steps: [
      step(
        delegate("requirements-analyst", "Clarify the goal and write the plan.", [
          step(["ohmymkt_plan_growth", PLAN]),
          say("{{last}}"),
        ]),
      ),
      step(
        delegate("plan-reviewer", "Review plan demand-gen.", [
          step([
            "ohmymkt_review_plan",
            {
              plan: "demand-gen",
              verdict: "revise",
              findings: ["boundaries are missing", "no timeline", "no deliverables with owners"],
            },
          ]),
          say("{{last}}"),
        ]),
      ),
      step(
        delegate("requirements-analyst", "Revise plan demand-gen.", [
          step(["ohmymkt_plan_growth", REVISION]),
          say("{{last}}"),
        ]),
      ),
      step(
        delegate("plan-reviewer", "Review plan demand-gen again.", [
          step(["ohmymkt_review_plan", { plan: "demand-gen", verdict: "approve", findings: [] }]),
          say("{{last}}"),
        ]),
      ),
      step(["ohmymkt_check_gates", {}]),
      say("The plan is approved; the gates still block. I will collect the evidence."),
    ],
  },
  gates: {
    person: "Go on: what do you need from me for the gates?",
    steps: [
      step(
        delegate("execution-manager", "Start demand-gen; have the gates checked.", [
          step(["ohmymkt_start_campaign", { plan: "demand-gen" }]),
          step(
            delegate("seo-engineer", "Record the dashboard evidence.", [
              step(["ohmymkt_update_gates", CRAWL]),
              say("{{last}}"),
            ]),
          ),
          say("{{last}}"),
        ]),
      ),
      step(["ohmymkt_approvals", { action: "ask", ids: ["{{match:(apr-[a-z0-9]+)}}"] }]),
      step(
        delegate("execution-manager", "Have the dashboard evidence recorded now.", [
          step(
            delegate("seo-engineer", "Record the dashboard evidence.", [
              step(["ohmymkt_update_gates", CRAWL]),
              say("{{last}}"),
            ]),
          ),
          say("{{last}}"),
        ]),
      ),
      step(["ohmymkt_update_gates", EVIDENCE]),
      step(
        delegate("execution-manager", "Start demand-gen.", [
          step(["ohmymkt_start_campaign", { plan: "demand-gen" }]),
          step(["ohmymkt_run_cycle", { cadence: "weekly" }]),
          say("{{last}}"),
        ]),
      ),
      say("{{last}}"),
    ],
  },
  cycles: {
    person: "How did the weeks go?",
    steps: [
      step(
        delegate("execution-manager", "Run the weekly cycle.", [
          step(["ohmymkt_update_metrics", signals("up", "up")]),
          step(["ohmymkt_run_cycle", { cadence: "weekly" }]),
          step([
            "ohmymkt_incident",
            { severity: "P1", module: "content_system", summary: "Broken call to action on two pages" },
          ]),
          say("{{last}}"),
        ]),
      ),
      say("{{last}}"),
    ],
  },
  data: {
    person: "Here are our exports of the last 12 weeks, in exports/. Do they say the same?",
    steps: [
      step(
        delegate("growth-analyst", "Import the exports.", [
          step(["ohmymkt_import_metrics", { file: "exports/search-console.csv", dry_run: true }]),
          step(["ohmymkt_import_metrics", { file: "exports/search-console.csv" }]),
          step(["ohmymkt_import_metrics", { file: "exports/ga4-channels.csv" }]),
          step(["ohmymkt_import_metrics", { file: "exports/ga4-landing-pages.csv" }]),
          say("{{last}}"),
        ]),
      ),
      step(
        delegate("execution-manager", "Run the monthly cycle on what was measured.", [
          step(["ohmymkt_run_cycle", { cadence: "monthly" }]),
          say("{{last}}"),
        ]),
      ),
      step(["ohmymkt_check_gates", {}]),
      step(["ohmymkt_update_gates", MEASURED]),
      step(["ohmymkt_report_growth", { window: "90d" }]),
      say("{{last}}"),
    ],
  },
  rollback: {
    person: "The price on the landing page is wrong!",
    steps: [
      step(
        delegate("execution-manager", "Handle the wrong price.", [
          step([
            "ohmymkt_incident",
            { severity: "P0", module: "content_system", summary: "Wrong price is live on the landing page" },
          ]),
          step(["ohmymkt_run_cycle", { cadence: "weekly" }]),
          step(["ohmymkt_incident", { action: "list" }]),
          say("{{last}}"),
        ]),
      ),
      step([
        "ohmymkt_incident",
        {
          action: "resolve",
          id: "{{match:(inc-[0-9]+-[a-z0-9]+) P0}}",
          note: "price corrected and checked on three pages",
          postmortem: {
            impact: "41 visits saw a wrong price for 26 minutes",
            root_cause: "the price table was edited without review",
            prevention: [{ title: "Review step for price pages", owner: "content-ops", due_date: "2026-12-15" }],
          },
        },
      ]),
      step(["ohmymkt_start_campaign", { action: "resume", reason: "price corrected" }]),
      step(["ohmymkt_run_cycle", { cadence: "weekly" }]),
      step(["ohmymkt_report_growth", { window: "90d" }]),
      say("{{last}}"),
    ],
  },
} as const satisfies Record<string, Scene>;

/** What the person types, and how the scripted model plays every agent. */
export interface Scene {
  person: string;
  steps: ScriptStep[];
}

export type Chapter = keyof typeof GROWTH_LOOP;
export const CHAPTERS = ["plan", "gates", "cycles", "data", "rollback"] as const satisfies Chapter[];

/** Lets the host play one chapter in a session, as growth-manager. */
export function playChapter(host: OpencodeHost, session: string, chapter: Chapter): Promise<Turn> {
  return playScene(host, session, GROWTH_LOOP[chapter]);
}

/** Lets the host play one scene in a session, as growth-manager. */
export function playScene(host: OpencodeHost, session: string, { person, steps }: Scene): Promise<Turn> {
  return host.prompt(session, `${person}\n\n${script([...steps])}`, { agent: "growth-manager", timeoutMs: 60_000 });
}

/** What lies in the project before the loop begins: exports in which visibility grew and quality fell, the query map and the settings. */
export function prepareProject(directory: string, now: string): void {
  writeSampleData(directory, now, { visibilityGrowth: 0.4, qualityGrowth: -0.5 });
}
