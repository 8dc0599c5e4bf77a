import { GATES, GATE_NAMES } from "../lib/gates.ts";
import { SIGNAL_NAMES, SIGNALS } from "../lib/metrics.ts";
import type { GrowthReport } from "../lib/reports.ts";
import { sampleGates } from "./sample-gates.ts";
import { samplePanels, sampleTrend, sampleUnknown, SAMPLE_WINDOW } from "./sample-series.ts";

const AT = "2026-11-21T07:00:00.000Z";
const CYCLE = "cyc-2026-11-21-weekly";

const UP = sampleTrend({
  level: 18_400,
  growth: 0.21,
  trend: "up",
  why: "up: +21 % over 84 days (95 % +15 to +27), p 0.0004 after 4 tests",
});
const COVERAGE = sampleTrend({
  level: 0.58,
  growth: 0.01,
  spread: 0.03,
  weekend: 1,
  noise: 0.02,
  p: 0.61,
  trend: "flat",
  why: "flat: the change of +1 % (95 % −2 to +4) stays inside ±5 %",
});
const SESSIONS = sampleTrend(
  {
    level: 412,
    growth: -0.12,
    noise: 0.1,
    spread: 0.07,
    p: 0.008,
    seed: 11,
    trend: "down",
    why: "down: −12 % over 84 days (95 % −19 to −5), p 0.008 after 4 tests",
  },
  { leftOut: [{ from: "2026-10-06", to: "2026-10-09", why: "checkout was down (inc-20261006-4f)" }] },
);
const CONVERSIONS = sampleUnknown("unknown: 19 of 84 days have a value, at least 59 are needed", {
  points: Array.from({ length: 19 }, (_, index) => ({
    day: `2026-11-${String(index + 2).padStart(2, "0")}`,
    value: 10 + ((index * index * 5) % 7),
  })),
  cut: { day: "2026-11-02", why: "the assist model was changed in GA4" },
});

/** A weekly review of a running campaign: visibility is up, quality is not. */
const intervene: GrowthReport = {
  at: AT,
  timezone: "Europe/Berlin",
  window: { text: "84d", from: `${SAMPLE_WINDOW.from}T07:00:00.000Z`, to: AT },
  status: "partial",
  open_required: [
    {
      id: "task-0114",
      status: "in_progress",
      title: "Rebuild the pricing comparison page",
      why: "waits for legal review of two claims",
    },
  ],
  plan: {
    name: "b2b-demand-gen-q4",
    title: "30-day demand-gen pipeline for our B2B SaaS",
    version: 4,
    status: "approved",
  },
  campaign: "active",
  decision: {
    id: CYCLE,
    cadence: "weekly",
    decision: "intervene",
    reason:
      "Visibility is up and quality is not: non-brand impressions grew by 21 %, while high-intent sessions fell by 12 % and assisted conversions cannot be judged yet.",
    scale: "blocked",
    scale_reasons: ["failing gates: data_gate"],
    at: AT,
  },
  confidence:
    "Three of four signals are measured over 84 days; assisted conversions have 19 days since the model changed and count as unknown.",
  would_change: [
    "High-intent sessions up and assisted conversions measured as up would turn this into continue.",
    "A P0 incident in the window would turn it into rollback.",
  ],
  recovery: [
    { cycle: "cyc-2026-11-14-weekly", signal: "non_brand_visibility", verdict: "recovered" },
    { cycle: "cyc-2026-11-14-weekly", signal: "high_intent_session", verdict: "not_recovered" },
    { cycle: "cyc-2026-11-14-weekly", signal: "conversion_assist", verdict: "unknown" },
  ],
  cycles: [
    {
      id: "cyc-2026-11-14-weekly",
      cadence: "weekly",
      at: "2026-11-14T07:00:00.000Z",
      decision: "intervene",
      report: "reports/weekly/2026-11-14.md",
    },
    { id: CYCLE, cadence: "weekly", at: AT, decision: "intervene", report: "reports/weekly/2026-11-21.md" },
  ],
  signals: SIGNAL_NAMES.map((signal, index) => ({
    signal,
    track: SIGNALS[signal].track,
    trend: (["up", "flat", "down", "unknown"] as const)[index] ?? "unknown",
    basis: "none",
    observations: [`obs-${index + 1}a`],
    why: ["+21 % over 84 days", "inside ±5 %", "−12 % over 84 days", "too few days"][index] ?? "",
  })),
  panels: samplePanels(
    [UP, COVERAGE, SESSIONS, CONVERSIONS],
    [
      {
        marks: [
          {
            kind: "tracking_change",
            from: "2026-09-21",
            to: "2026-09-21",
            label: "The property filter was changed in Search Console",
          },
        ],
      },
      {},
      {
        marks: [
          { kind: "incident", from: "2026-10-06", to: "2026-10-09", label: "P0: checkout was down (inc-20261006-4f)" },
        ],
      },
      {},
    ],
  ),
  conflicts: [
    {
      track: "visibility_track",
      metric: "non_brand_visibility",
      kind: "value",
      observed_at: "2026-11-18T00:00:00.000Z",
      claims: [
        {
          source: "gsc",
          value: 19_820,
          observed_at: "2026-11-18T00:00:00.000Z",
          recorded_at: "2026-11-20T05:00:00.000Z",
          observation: "obs-3f",
        },
        {
          source: "semrush",
          value: 16_400,
          observed_at: "2026-11-18T00:00:00.000Z",
          recorded_at: "2026-11-20T06:00:00.000Z",
          observation: "obs-71",
        },
      ],
      used: "gsc",
    },
  ],
  gates: sampleGates({
    dashboard_stable: { status: "expired", why: "its evidence expired on 2026-11-19" },
  }),
  incidents: [
    {
      id: "inc-20261006-4f",
      severity: "P0",
      status: "resolved",
      module: "technical_foundation",
      summary: "Checkout answered with an error for logged-out visitors",
      created_at: "2026-10-06T08:12:00.000Z",
      resolved_at: "2026-10-09T16:40:00.000Z",
      postmortem: true,
      postmortem_text: {
        impact: "About 310 high-intent sessions ended on an error page over four days.",
        root_cause: "A consent banner update removed the session cookie before the cart was read.",
        prevention: [
          {
            title: "Run the purchase path after every tag-manager release",
            owner: "web-platform",
            due_date: "2026-10-23",
          },
        ],
      },
    },
    {
      id: "inc-20261117-0b",
      severity: "P1",
      status: "mitigated",
      module: "experiment_engine",
      summary: "Purchase events were sent twice for one browser",
      created_at: "2026-11-17T10:00:00.000Z",
      postmortem: false,
    },
  ],
  sprint: {
    plan: "b2b-demand-gen-q4",
    items: 40,
    completed: 17,
    in_progress: 6,
    planned: 15,
    lost: 2,
    overdue: 3,
    not_executable: 1,
  },
  tasks: {
    counts: { pending: 15, claimed: 2, in_progress: 4, completed: 17, failed: 1, cancelled: 1 },
    open: [
      {
        id: "task-0114",
        title: "Rebuild the pricing comparison page",
        owner: "content-ops",
        due_date: "2026-11-19",
        status: "in_progress",
      },
      {
        id: "task-0117",
        title: "Link the five integration pages from the product overview",
        owner: "seo-engineer",
        due_date: "2026-11-26",
        status: "claimed",
      },
      {
        id: "task-0121",
        title: "Answer block for “what does onboarding cost”",
        owner: "content-ops",
        due_date: "2026-11-28",
        status: "pending",
      },
    ],
    lost: [
      {
        id: "task-0099",
        title: "Syndicate the benchmark study",
        owner: "distribution",
        status: "failed",
        why: "the partner withdrew the slot",
      },
    ],
  },
  actions: [
    {
      id: `${CYCLE}-a1`,
      title: "Do not scale: failing gates: data_gate",
      owner: "growth lead",
      due_date: "2026-11-21",
      status: "open",
    },
    {
      id: `${CYCLE}-a2`,
      title: "Restore the internal links of the pricing cluster",
      owner: "seo-engineer",
      due_date: "2026-11-28",
      status: "open",
      rollback_condition: "Undo if high-intent sessions of the cluster fall by more than 10 % within 14 days.",
    },
    {
      id: "cyc-2026-11-14-weekly-a3",
      title: "Measure assisted conversions under the new model",
      owner: "analytics",
      due_date: "2026-11-18",
      status: "open",
    },
  ],
  overdue: ["monthly, last run 2026-10-12"],
  footnotes: [
    { id: "n1", text: "obs-1a … obs-3f (84 values, gsc, file gsc-2026-11.zip, sha256 12ab90c4)" },
    { id: "n2", text: "obs-40 … obs-93 (84 values, semrush, file clusters.csv, sha256 77f0e1d2)" },
    { id: "n3", text: "obs-a0 … obs-ef (80 values, ga4, file ga4-sessions.csv, sha256 90aa13b7)" },
    { id: "n4", text: "obs-f0 … obs-102 (19 values, ga4, file ga4-assists.csv, sha256 0c4417fe)" },
  ],
  ledger_head: "9f2c1e0a7b64d8835a1df0c2b7e6944e1dca20b3f8875a60c91be2d47f30a1c5",
};

const up = (level: number, growth: number, seed: number) =>
  sampleTrend({
    level,
    growth,
    seed,
    trend: "up",
    why: `up: +${Math.round(growth * 100)} % over 84 days, p 0.0004 after 4 tests`,
  });

/** Everything is up, all gates pass, money and posts are shown. */
const allUp: GrowthReport = {
  ...intervene,
  status: "complete",
  open_required: [],
  decision: {
    id: CYCLE,
    cadence: "weekly",
    decision: "continue",
    reason: "Visibility and quality are both up: all four signals grew over 84 days and no gate stands in the way.",
    scale: "open",
    scale_reasons: [],
    at: AT,
  },
  confidence: "All four signals are measured over 84 days and agree.",
  would_change: ["Either track no longer up would turn this into intervene."],
  recovery: [{ cycle: "cyc-2026-11-14-weekly", signal: "high_intent_session", verdict: "recovered" }],
  panels: samplePanels([
    up(18_400, 0.21, 7),
    sampleTrend({
      level: 0.61,
      growth: 0.16,
      weekend: 1,
      noise: 0.02,
      trend: "up",
      why: "up: +16 % over 84 days, p 0.0004 after 4 tests",
    }),
    up(1_264_000, 0.34, 5),
    up(57, 0.29, 3),
  ]),
  signals: intervene.signals.map((one) => ({ ...one, trend: "up", why: "up over 84 days" })),
  conflicts: [],
  gates: sampleGates(),
  incidents: [],
  overdue: [],
  spend: [
    {
      purpose: "Paid distribution of the benchmark study",
      spent: { amount: 1840.5, currency: "EUR" },
      limit: { amount: 2500, currency: "EUR" },
    },
    { purpose: "Product images", spent: { amount: 36, currency: "USD" } },
  ],
  publishing: [
    {
      title: "What onboarding really costs",
      platform: "wordpress",
      status: "sent",
      at: "2026-11-19T10:00:00.000Z",
      receipt: "https://example.com/blog/onboarding-cost",
    },
    { title: "Benchmark study, launch post", platform: "linkedin", status: "held", at: "2026-11-20T10:00:00.000Z" },
  ],
};

/** An open P0 rolled the campaign back. */
const rollback: GrowthReport = {
  ...intervene,
  campaign: "rolled_back",
  decision: {
    id: CYCLE,
    cadence: "weekly",
    decision: "rollback",
    reason: "A P0 incident is in the window: inc-20261120-aa (open).",
    scale: "blocked",
    scale_reasons: ["a rollback stands for this window", "the campaign is rolled_back", "1 P0 open"],
    at: AT,
  },
  confidence: "Certain: the rule needs one P0 and one is open.",
  would_change: ["Resolving inc-20261120-aa with a postmortem, then a cycle without a P0 in its window."],
  incidents: [
    {
      id: "inc-20261120-aa",
      severity: "P0",
      status: "open",
      module: "technical_foundation",
      summary: "A template put noindex on every product page",
      created_at: "2026-11-20T06:00:00.000Z",
      postmortem: false,
    },
    ...intervene.incidents,
  ],
};

const UNKNOWN = sampleUnknown("unknown: no values in the window");

/** A project with a plan in which nothing was measured; one trend was stated. */
const unknown: GrowthReport = {
  ...intervene,
  panels: samplePanels(
    [UNKNOWN, UNKNOWN, UNKNOWN, UNKNOWN],
    [{ declared: { trend: "up", source: "sales team", at: "2026-11-19T09:00:00.000Z" } }, {}, {}, {}],
  ).map((panel) => ({ ...panel, footnotes: [] })),
  confidence: "Low: nothing was measured in the window, one trend was stated.",
  conflicts: [],
  footnotes: [],
};

/** A project directory in which nothing happened yet. */
const empty: GrowthReport = {
  at: AT,
  timezone: "UTC",
  window: { text: "30d", from: "2026-10-22T07:00:00.000Z", to: AT },
  status: "complete",
  open_required: [],
  plan: null,
  campaign: "none",
  decision: null,
  confidence: null,
  would_change: [],
  recovery: [],
  cycles: [],
  signals: SIGNAL_NAMES.map((signal) => ({
    signal,
    track: SIGNALS[signal].track,
    trend: "unknown",
    basis: "none",
    observations: [],
    why: "no declared trend inside the window",
  })),
  panels: [],
  conflicts: [],
  gates: sampleGates(
    Object.fromEntries(
      GATE_NAMES.flatMap((gate) =>
        Object.entries(GATES[gate].fields).map(([field, rule]) => [
          field,
          { status: "fail" as const, why: `${rule.need}: not yet` },
        ]),
      ),
    ),
  ),
  incidents: [],
  sprint: null,
  tasks: {
    counts: { pending: 0, claimed: 0, in_progress: 0, completed: 0, failed: 0, cancelled: 0 },
    open: [],
    lost: [],
  },
  actions: [],
  overdue: [],
  footnotes: [],
  ledger_head: "",
};

/** Reports of projects in very different states, for everything that renders one. */
export const SAMPLE_REPORTS = { intervene, continue: allUp, rollback, unknown, empty } as const;
