import type { Oracle } from "./oracle.ts";
import { HOUR } from "./oracle-signals.ts";
import type { Random } from "./random.ts";
import {
  CONDITIONS,
  SIGNALS_OF,
  type Answer,
  type Change,
  type Closing,
  type Condition,
  type Event,
  type HandEdit,
  type Stated,
  type Stating,
  type Step,
} from "./steps.ts";

const NAMES = ["alpha", "alpha", "alpine", "beta"] as const;
const HINTS = ["alpha", "alpine", "alpha", "alp", "row a", "grow", "GROW BETA", "zzz"] as const;
const SOURCES = ["ga4", "gsc", "crm"] as const;
const DAY = 24 * HOUR;
const TRENDS = ["up", "down", "flat"] as const;
const VALUES = {
  boolean: [true, true, true, false, 1, "true"],
  "capacity_gate.rolling_weeks_feasible": [8, 9, 520, 8, 7, 0, 521, 7.5, -1, "8"],
  "ownership_gate.priority_query_coverage": [0.85, 0.86, 1, 0.85, 0.84, 0, 1.01, -0.1],
} as const;

/** What a history dwells on; each draws these steps more often. */
const THEMES = {
  incidents: { open: 3, change: 4, resolve: 2.5, resume: 4, cycle: 1.3, gates: 1.3, pause: 1.5 },
  evidence: { edit_gates: 2.5, check_gates: 2, edit_plan: 2.5, gates: 1.3, review: 1.3 },
  plans: { plan: 6, revise: 3, start: 3.5, end: 2, check_gates: 2 },
  files: { damage: 3, stray: 3, edit_board: 5, read: 4, edit_metrics: 2 },
  measuring: { metrics: 2.5, cycle: 2.5 },
} as const satisfies Record<string, Partial<Record<Event["do"], number>>>;
export type Theme = keyof typeof THEMES;

/** The theme of one history. */
export function drawTheme(random: Random): Theme {
  return random.weighted({ incidents: 8, evidence: 3, plans: 7, files: 4, measuring: 2 });
}

/** The next step of a history: random, but steered by the model and the theme so that every rule is reached often. */
export function nextStep(random: Random, oracle: Oracle, theme: Theme): Step {
  const event = nextEvent(random, oracle, theme);
  return { ...event, wait: wait(random, oracle) };
}

function wait(random: Random, oracle: Oracle): number {
  const harmed = oracle.incidents.openP0s().length > 0;
  const running = oracle.campaign === "active" || (harmed && oracle.campaign !== "paused");
  const span = random.weighted({
    hours: running ? 66 : 84,
    days: running ? 20 : 9,
    window: harmed ? 26 : 4,
    month: 3,
    quarter: 2,
  });
  if (span === "hours") return 1000 + random.below(20 * HOUR);
  if (span === "days") return DAY + random.below(5 * DAY);
  if (span === "window") return random.chance(0.3) ? 7 * DAY : 8 * DAY + random.below(4 * DAY);
  return span === "month" ? 31 * DAY + random.below(9 * DAY) : 91 * DAY + random.below(9 * DAY);
}

function weigh(oracle: Oracle): Record<Event["do"], number> {
  const { plans, incidents, campaign, ongoing } = oracle;
  const plan = oracle.inForce();
  const failing = oracle.gates.failing(oracle.now, plan);
  const unapproved = failing.includes("strategy_gate.approved");
  const others = failing.length - (unapproved ? 1 : 0);
  const p0 = incidents.openP0s().length > 0;
  const free = failing.length === 0 && !p0;
  const held = campaign === "paused" || campaign === "rolled_back";
  const readable = incidents.known.some((one) => one.readable);
  const damaged = incidents.known.some((one) => !one.readable);
  const openP0 = incidents.known.some((one) => one.readable && one.severity === "P0" && one.status !== "resolved");
  return {
    plan: plans.known.length === 0 ? 60 : 1.5,
    revise: plans.known.length > 0 ? 1.5 : 0,
    edit_plan: plans.known.length > 0 ? 1.5 : 0,
    review: plans.known.length === 0 ? 0.5 : unapproved ? (held ? 20 : ongoing ? 10 : 22) : 1,
    gates: others > 0 ? (held ? 20 : ongoing ? 9 : 24) : 1.5,
    edit_gates: 2.4,
    check_gates: 1.8,
    start: ongoing ? (free ? 3 : 1.5) : free ? 60 : 7,
    pause: campaign === "active" ? 2 : 0.3,
    resume: held ? (free ? 24 : 4) : 0.3,
    end: ongoing ? 1 : 0.3,
    open: campaign === "active" ? 5 : 2,
    change: incidents.known.length > 0 ? 4.5 : 0.2,
    resolve: openP0 ? 10 : readable ? 1.5 : 0,
    edit_incident: readable ? 2 : 0,
    damage: readable ? 2 : 0,
    repair: damaged ? 5 : 0,
    stray: 0.6,
    sweep: incidents.strays.length > 0 ? 4 : 0,
    metrics: 7,
    edit_metrics: 0.7,
    cycle: campaign === "active" || openP0 ? 10 : 6,
    edit_board: oracle.board.exists ? 2.5 : 0,
    read: 4,
  };
}

function nextEvent(random: Random, oracle: Oracle, theme: Theme): Event {
  const liked: Partial<Record<Event["do"], number>> = THEMES[theme];
  const weights = Object.entries(weigh(oracle)).map(
    ([name, weight]) => [name, weight * (liked[name as Event["do"]] ?? 1)] as const,
  );
  const kind = random.weighted(Object.fromEntries(weights) as Record<Event["do"], number>);
  const index = random.below(Math.max(1, oracle.incidents.known.length));
  switch (kind) {
    case "plan":
      return { do: kind, name: random.pick(NAMES), complete: random.chance(0.85) };
    case "revise":
      return { do: kind, hint: random.pick(HINTS), complete: random.chance(0.5) };
    case "edit_plan":
      return { do: kind, name: oracle.inForce()?.name ?? "alpha" };
    case "review":
      return review(random, oracle);
    case "gates":
      return { do: kind, updates: updates(random, oracle), answer: answer(random), ...meanwhile(random, oracle) };
    case "edit_gates":
      return { do: kind, edit: handEdit(random) };
    case "start":
      return {
        do: kind,
        end_current: random.chance(oracle.ongoing ? 0.6 : 0.1),
        answer: answer(random),
        ...hint(random, 0.15),
      };
    case "resume":
      return { do: kind, answer: answer(random), ...(random.chance(0.25) ? { meanwhile: { p0: true } } : {}) };
    case "open":
      return {
        do: kind,
        severity: random.pick(["P0", "P0", "P1", "P2", "high", "medium", "low", "P9"]),
        module: random.pick([
          "general",
          "content_system",
          "technical_foundation",
          "general",
          "content_system",
          "nowhere",
        ]),
      };
    case "change":
      return change(random, random.chance(0.5) ? (unresolved(random, oracle) ?? index) : index);
    case "resolve":
      return { do: kind, incident: unresolved(random, oracle) ?? index, answer: answer(random), ...postmortem(random) };
    case "end":
      return { do: kind, answer: answer(random) };
    case "edit_incident":
      return { do: kind, incident: unresolved(random, oracle) ?? index };
    case "damage":
      return { do: kind, incident: sound(oracle) ?? index, damage: random.pick(["torn", "removed", "wrong_schema"]) };
    case "repair":
      return {
        do: kind,
        incident: Math.max(
          0,
          oracle.incidents.known.findIndex((one) => !one.readable),
        ),
      };
    case "metrics":
      return { do: kind, observations: observations(random) };
    case "edit_metrics":
      return { do: kind, trend: random.pick(TRENDS) };
    case "cycle":
      return {
        do: kind,
        cadence: random.weighted({ weekly: 6, monthly: 2, quarterly: 2 }),
        closing: closing(random, oracle),
      };
    case "edit_board":
      return {
        do: kind,
        item: random.below(40),
        field: random.pick(["owner", "due_date", "kpi_impact", "rollback_condition"]),
        how: random.pick(["remove", "blank"]),
      };
    case "read":
      return { do: kind, file: random.weighted({ health: 3, "sprint-board": oracle.board.exists ? 6 : 1, gates: 1 }) };
    default:
      return { do: kind };
  }
}

function answer(random: Random): Answer {
  return random.weighted({ yes: 84, no: 9, nobody: 7 });
}

function hint(random: Random, probability: number): { hint?: string } {
  return random.chance(probability) ? { hint: random.pick(HINTS) } : {};
}

function meanwhile(random: Random, oracle: Oracle): { meanwhile?: { edit_plan: string } } {
  const plan = oracle.inForce();
  return plan && random.chance(0.1) ? { meanwhile: { edit_plan: plan.name } } : {};
}

function review(random: Random, oracle: Oracle): Event {
  const approve = random.chance(0.88);
  const named = oracle.ongoing ? { hint: oracle.inForce()?.name ?? "alpha" } : hint(random, 0.25);
  return {
    do: "review",
    ...named,
    verdict: approve ? "approve" : "revise",
    findings: random.chance(0.8),
    answer: answer(random),
    ...meanwhile(random, oracle),
  };
}

function update(key: Condition, value: Change["value"], evidence: string | undefined): Change {
  const [gate = "", field = ""] = key.split(".");
  return { gate, field, value, ...(evidence === undefined ? {} : { evidence }) };
}

function updates(random: Random, oracle: Oracle): Change[] {
  const failing = oracle.gates
    .failing(oracle.now, oracle.inForce())
    .filter((key) => key !== "strategy_gate.approved" || random.chance(0.15));
  const plan = oracle.inForce()?.name ?? "alpha";
  const evidence = (): string => (random.chance(0.3) ? `see plans/${plan}.md` : "checked by hand, log of the week");
  if (failing.length > 0 && random.chance(0.75)) return failing.map((key) => update(key, opening(key), evidence()));
  const key = random.pick(CONDITIONS);
  const value = random.pick(valuesOf(key));
  const chosen = update(key, value, random.chance(0.8) ? evidence() : undefined);
  if (random.chance(0.04)) return [{ ...chosen, field: "trust_me" }];
  return [random.chance(0.2) ? { ...chosen, expires_in_days: 1 + random.below(3) } : chosen];
}

function valuesOf(key: Condition): readonly [Change["value"], ...Change["value"][]] {
  return key === "capacity_gate.rolling_weeks_feasible" || key === "ownership_gate.priority_query_coverage"
    ? VALUES[key]
    : VALUES.boolean;
}

function opening(key: Condition): boolean | number {
  return key === "capacity_gate.rolling_weeks_feasible"
    ? 8
    : key === "ownership_gate.priority_query_coverage"
      ? 0.85
      : true;
}

function handEdit(random: Random): HandEdit {
  const key = random.pick(CONDITIONS);
  const open = opening(key);
  const value = random.chance(0.75) ? open : open === true ? false : 0;
  return { key, value, forge: random.pick(["nothing", "evidence", "longer_life"]) };
}

function postmortem(random: Random): { postmortem?: "complete" | "no_prevention" } {
  const kind = random.weighted({ complete: 74, none: 16, no_prevention: 10 });
  return kind === "none" ? {} : { postmortem: kind };
}

function change(random: Random, incident: number): Event {
  const severity = random.chance(0.7) ? { severity: random.pick(["P0", "P1", "P2"] as const) } : {};
  return {
    do: "change",
    incident: random.chance(0.05) ? 99 : incident,
    mitigate: random.chance(0.3),
    ...severity,
    ...(random.chance(0.65) ? postmortem(random) : {}),
    answer: answer(random),
  };
}

function unresolved(random: Random, oracle: Oracle): number | undefined {
  const indexes = oracle.incidents.known.flatMap((one, index) =>
    one.severity === "P0" && one.status !== "resolved" && one.readable ? [index] : [],
  );
  return indexes[random.below(Math.max(1, indexes.length))];
}

function sound(oracle: Oracle): number | undefined {
  const index = oracle.incidents.known.findLastIndex((one) => one.readable);
  return index < 0 ? undefined : index;
}

function observations(random: Random): Stating[] {
  const shape = random.weighted({ all_up: 34, reach_only: 16, random: 24, split: 14, values: 12 });
  const ago = random.chance(0.8) ? random.below(48) : random.below(100 * 24);
  const source = random.pick(SOURCES);
  const signals = Object.entries(SIGNALS_OF).flatMap(([track, metrics]) =>
    metrics.map((metric) => ({ track, metric })),
  );
  const future = random.chance(0.04) ? { ago: -5 } : { ago };
  const declare = (trend: (track: string) => Stated, from: string = source): Stating[] =>
    signals.map((signal) => ({ ...signal, source: from, trend: trend(signal.track), ...future }));
  if (shape === "all_up") return declare(() => "up");
  if (shape === "reach_only")
    return declare((track) => (track === "visibility_track" ? "up" : random.pick(["down", "flat"])));
  if (shape === "random")
    return declare(() => random.pick(TRENDS))
      .filter(() => random.chance(0.7))
      .concat(
        declare(() => "flat")
          .slice(0, 1)
          .map((one) => ({ ...one, metric: "brand_mentions" })),
      );
  const metric = random.pick(["non_brand_visibility", "high_intent_session", "bounce_rate"]);
  const track = metric === "non_brand_visibility" ? "visibility_track" : "quality_track";
  const wrong = random.chance(0.1) ? "visibility_track" : track;
  if (shape === "split")
    return SOURCES.slice(0, 2).map((from) => ({
      track: wrong,
      metric,
      source: from,
      trend: random.pick(TRENDS),
      ...future,
    }));
  return SOURCES.slice(0, 2).map((from, index) => ({
    track: wrong,
    metric,
    source: from,
    value: 100 + index * random.pick([0, 5, 6, 40]),
    ...future,
  }));
}

function closing(random: Random, oracle: Oracle): Closing[] {
  if (oracle.cycles.length === 0 || random.chance(0.6)) return [];
  const cycle = random.below(oracle.cycles.length);
  const action = random.below(oracle.cycles[cycle]?.actions.length ?? 1);
  if (random.chance(0.06)) return [{ cycle: -1, action, status: "done" }];
  if (random.chance(0.5)) return [{ cycle, action, status: "done" }];
  return [{ cycle, action, status: "deferred", ...(random.chance(0.75) ? { reason: "not this sprint" } : {}) }];
}
