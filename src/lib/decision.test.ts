import { describe, expect, test } from "bun:test";
import { decide, DECISION_RULES, failing, recovery, scaleReasons } from "./decision.ts";
import { unreadableIncident, type IncidentFact } from "./incidents.ts";
import { SIGNAL_NAMES, SIGNALS, TRENDS, type Trend } from "./metrics.ts";
import type { SignalReading } from "./trends.ts";

const NOW = "2026-03-31T00:00:00.000Z";
const FROM = "2026-03-24T00:00:00.000Z";
const P0: IncidentFact = {
  id: "i1",
  severity: "P0",
  status: "open",
  module: "content_system",
  summary: "s",
  created_at: NOW,
  postmortem: false,
};

function readings(trends: readonly Trend[]): SignalReading[] {
  return SIGNAL_NAMES.map((signal, index) => ({
    signal,
    track: SIGNALS[signal].track,
    trend: trends[index] ?? "unknown",
    basis: "declared",
    observations: [],
    why: "",
  }));
}

/** Each track trend with two signals that produce it. */
const MAKE: Record<Trend, [Trend, Trend]> = {
  up: ["up", "flat"],
  down: ["down", "flat"],
  flat: ["flat", "flat"],
  unknown: ["unknown", "flat"],
};
const TABLE = [false, true].flatMap((p0) =>
  TRENDS.flatMap((visibility) =>
    TRENDS.map((quality) => {
      const decision = p0 ? "rollback" : visibility === "up" && quality === "up" ? "continue" : "intervene";
      const rule = p0 ? "p0" : visibility !== "up" ? "otherwise" : quality === "up" ? "both_up" : "visibility_only";
      return [p0, visibility, quality, decision, rule] as const;
    }),
  ),
);

describe("the decision table", () => {
  test.each(TABLE)("P0 %p, visibility %s, quality %s → %s by %s", (p0, visibility, quality, decision, rule) => {
    const verdict = decide({
      readings: readings([...MAKE[visibility], ...MAKE[quality]]),
      incidents: p0 ? [P0] : [],
      from: FROM,
    });
    expect(verdict).toMatchObject({ decision, rule, tracks: { visibility, quality } });
    expect(verdict.reason).toContain(p0 ? "i1 (open)" : `visibility ${visibility}, quality ${quality}`);
  });

  test("its rules are four, in order, and the last one always applies", () => {
    expect(DECISION_RULES.map((rule) => rule.id)).toEqual(["p0", "visibility_only", "both_up", "otherwise"]);
    expect(DECISION_RULES.at(-1)?.applies({ p0: 0, visibility: "unknown", quality: "unknown" })).toBe(true);
  });

  test.each([
    ["a P0 of this window, resolved", { ...P0, status: "resolved", created_at: FROM }, "rollback"],
    [
      "a P0 from just before the window, resolved",
      { ...P0, status: "resolved", created_at: "2026-03-23T23:59:59.999Z" },
      "continue",
    ],
    ["an old P0, open", { ...P0, created_at: "2020-01-01T00:00:00.000Z" }, "rollback"],
    ["an old P0, mitigated", { ...P0, status: "mitigated", created_at: "2020-01-01T00:00:00.000Z" }, "rollback"],
    ["a P1", { ...P0, severity: "P1" }, "continue"],
    ["a P2", { ...P0, severity: "P2" }, "continue"],
    ["a file that cannot be read", unreadableIncident("i9", "torn"), "rollback"],
  ] as const)("%s → %s", (_what, incident, decision) => {
    expect(decide({ readings: readings(["up", "up", "up", "up"]), incidents: [incident], from: FROM }).decision).toBe(
      decision,
    );
  });
});

describe("scale", () => {
  const open = { decision: "continue", failingGates: [], campaign: "active", openP0: 0 } as const;
  test.each([
    ["is open", open, []],
    ["waits for a campaign", { ...open, campaign: "none" }, [/no campaign is active/]],
    ["waits while the campaign is paused", { ...open, campaign: "paused" }, [/the campaign is paused/]],
    [
      "waits for gates",
      { ...open, failingGates: ["data_gate", "capacity_gate"] },
      [/failing gates: data_gate, capacity_gate/],
    ],
    ["waits while a P0 is open", { ...open, openP0: 2 }, [/2 P0 open/]],
    ["waits after a rollback", { ...open, decision: "rollback" }, [/rollback/]],
    [
      "names every reason",
      { decision: "rollback", failingGates: ["data_gate"], campaign: "ended", openP0: 1 },
      [/rollback/, /ended/, /data_gate/, /P0/],
    ],
  ] as const)("%s", (_what, input, patterns) => {
    expect(scaleReasons(input)).toEqual(patterns.map((pattern) => expect.stringMatching(pattern)));
  });
});

describe("what an intervene must mend", () => {
  test("down and flat signals name their modules, unknown ones must be measured", () => {
    const found = failing(readings(["up", "down", "unknown", "flat"]), []);
    expect(found).toEqual({
      signals: ["query_cluster_coverage", "high_intent_session", "conversion_assist"],
      unmeasured: ["high_intent_session"],
      modules: [...new Set<string>([...SIGNALS.query_cluster_coverage.modules, ...SIGNALS.conversion_assist.modules])],
    });
  });

  test.each([
    ["an open P1", { ...P0, severity: "P1", module: "schema_entity_governance" }, ["schema_entity_governance"]],
    ["a resolved P1", { ...P0, severity: "P1", status: "resolved" }, []],
    ["an open P2", { ...P0, severity: "P2" }, []],
  ] as const)("%s", (_what, incident, modules) => {
    expect(failing(readings(["up", "up", "up", "up"]), [incident]).modules).toEqual([...modules]);
  });
});

test("recovery judges what the last intervene set out to mend", () => {
  const signals = ["non_brand_visibility", "query_cluster_coverage", "high_intent_session"];
  const now = readings(["up", "flat", "unknown", "down"]);
  expect(recovery({ cycle: "c2", signals }, now).map((one) => `${one.cycle} ${one.signal} ${one.verdict}`)).toEqual([
    "c2 non_brand_visibility recovered",
    "c2 query_cluster_coverage not_recovered",
    "c2 high_intent_session unknown",
  ]);
  expect(recovery(undefined, now)).toEqual([]);
});
