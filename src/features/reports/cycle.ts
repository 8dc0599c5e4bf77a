import type { Action } from "../../lib/actions.ts";
import type { CycleEntry } from "../../lib/cycle.ts";
import { cell, linesOr } from "../../lib/markdown.ts";
import { SIGNAL_NAMES } from "../../lib/metrics.ts";
import { SIGNAL_FORMULAS } from "../../lib/signal-formulas.ts";
import type { Conflict } from "../../lib/trends.ts";

/** One action as a line with owner and day, and with what would prove it wrong where that is known. */
export function actionLine(action: Action & { rollback_condition?: string }): string {
  const rollback = action.rollback_condition ? ` — rolled back if: ${cell(action.rollback_condition)}` : "";
  return `- [${action.status === "done" ? "x" : " "}] ${cell(action.title)} — ${cell(action.owner)}, due ${action.due_date} (\`${action.id}\`)${action.reason ? ` — ${action.status}: ${cell(action.reason)}` : ""}${rollback}`;
}

/** Both sides of each conflict, with observation ids. */
export function conflictLines(conflicts: readonly Conflict[]): string[] {
  return conflicts.map(
    (conflict) =>
      `- ${cell(conflict.metric)}${conflict.scope ? ` of ${cell(conflict.scope)}` : ""} (${conflict.kind}${daysOf(conflict)}): ${conflict.claims.map((claim) => `${cell(claim.source)} ${claim.value ?? claim.trend}, observed ${claim.observed_at.slice(0, 10)}, \`${claim.observation}\``).join(" against ")}; ${conflict.used ? `${cell(conflict.used)} is used` : "none is used"}`,
  );
}

/** ", worst of 84 days from 2026-01-01 to 2026-03-25"; empty for a single day. */
function daysOf({ days }: Conflict): string {
  return days && days.count > 1 ? `, worst of ${days.count} days from ${days.first} to ${days.last}` : "";
}

/** The Markdown report of one cycle: decision, scale and reason first, then what it rests on and what follows. */
export function renderCycleReport(
  cycle: CycleEntry,
  context: {
    conflicts: readonly Conflict[];
    plan: string | undefined;
    openActions: readonly Action[];
    /** Cadences that should have run since, this cycle counted. */
    overdue: readonly { cadence: string; last?: string }[];
    /** Measured signals and where their series come from. */
    sources: ReadonlyMap<string, string>;
  },
): string {
  return `# ${cycle.cadence} cycle: ${cycle.decision}

**Decision:** ${cycle.decision}
**Scale:** ${cycle.scale}${cycle.scale_reasons.length > 0 ? ` — ${cycle.scale_reasons.join("; ")}` : ""}
**Reason:** ${cycle.reason}

Plan ${context.plan ?? "none"}, window ${cycle.window.from} to ${cycle.window.to}, decided ${cycle.at} by rule \`${cycle.rule}\` (rules version ${cycle.rules_version}).

## Signals

| signal | trend | basis | change over the window | why | rests on |
|---|---|---|---|---|---|
${cycle.signals.map(signalRow).join("\n")}

Visibility: ${cycle.tracks.visibility}. Quality: ${cycle.tracks.quality}.

**Confidence:** ${cycle.confidence ? `${cycle.confidence.level}, ${cycle.confidence.why}` : "not stated"}

## What would change the decision

${linesOr(
  (cycle.would_change ?? []).map((line) => `- ${cell(line)}`),
  "Nothing is named.",
)}

## Conflicts

${linesOr(conflictLines(context.conflicts), "None.")}

## P0 incidents in the window

${linesOr(
  cycle.incidents.map((id) => `- ${id}`),
  "None.",
)}

## Effects

${linesOr(
  cycle.effects.map((effect) => `- ${effect}`),
  "None.",
)}

## Recovery since the last intervention

${linesOr(
  cycle.recovery.map((one) => `- ${one.signal}: ${one.verdict.replace("_", " ")} (set out in ${one.cycle})`),
  "Nothing to judge.",
)}

## Actions

${cycle.actions.map(actionLine).join("\n")}

## Still open from earlier cycles

${linesOr(context.openActions.map(actionLine), "None.")}

## Overdue cadences

${linesOr(
  context.overdue.map(({ cadence, last }) => `- ${cadence}, ${last ? `last run ${last.slice(0, 10)}` : "never run"}`),
  "None.",
)}

## What the figures rest on

${linesOr(
  cycle.signals
    .filter((one) => one.observations.length > 0)
    .map((one) => footnote(one, context.sources.get(one.signal))),
  "No observations stand behind this decision.",
)}

Ledger head at the decision: \`${cycle.ledger_head}\`
`;
}

type Signal = CycleEntry["signals"][number];

function signalRow(one: Signal): string {
  const { change, low, high } = one.measured ?? {};
  const figures =
    change === undefined || low === undefined || high === undefined
      ? "–"
      : `${percent(change)} (95 % ${percent(low)} to ${percent(high)})`;
  const notes = one.observations.length > 0 ? `[${one.signal}]` : "nothing";
  return `| ${one.signal} | ${one.trend} | ${one.basis} | ${figures} | ${cell(one.why)} | ${notes} |`;
}

/** The observations of a reading, and the formula where one computed them; another source states its own figures. */
function footnote({ signal, basis, observations }: Signal, source: string | undefined): string {
  const name = SIGNAL_NAMES.find((one) => one === signal);
  const formula = name && SIGNAL_FORMULAS[name];
  const made = formula?.source === source ? formula?.says : undefined;
  const how = basis === "measured" ? `; ${made ?? `as ${cell(source ?? "its source")} states them`}` : "";
  return `- [${signal}] ${observations.map((id) => `\`${id}\``).join(", ")}, ${basis}${how}`;
}

function percent(share: number): string {
  return `${share > 0 ? "+" : ""}${(share * 100).toFixed(1)} %`;
}
