import type { z } from "zod";
import { AGENT_FILES } from "../../src/assets.ts";
import { Config, DEFAULT_CONFIG } from "../../src/config.ts";
import { ERROR_CODES } from "../../src/errors.ts";
import type { AgentDefinition } from "../../src/features/claude-code-agent-loader/definition.ts";
import { SHIPPED_AGENTS } from "../../src/features/claude-code-agent-loader/shipped.ts";
import { MEASURABLE_FIELDS } from "../../src/features/measurement/gate-measures.ts";
import { APPROVAL_TRANSITIONS } from "../../src/lib/approvals.ts";
import { CADENCES } from "../../src/lib/cadence.ts";
import { CAMPAIGN_TRANSITIONS } from "../../src/lib/campaign.ts";
import { RULES_VERSION } from "../../src/lib/cycle-decision.ts";
import { DECISION_RULES } from "../../src/lib/decision.ts";
import { GATES } from "../../src/lib/gates.ts";
import { JOB_TRANSITIONS } from "../../src/lib/jobs.ts";
import { INCIDENT_TRANSITIONS } from "../../src/lib/incidents.ts";
import { OUTBOX_TRANSITIONS } from "../../src/lib/outbox.ts";
import { PAID_CALL_TRANSITIONS } from "../../src/lib/paid-calls.ts";
import { SIGNALS } from "../../src/lib/metrics.ts";
import { COLLECTIONS, DOCUMENTS } from "../../src/lib/registry.ts";
import { SIGNAL_FORMULAS } from "../../src/lib/signal-formulas.ts";
import { TASK_TRANSITIONS } from "../../src/lib/tasks.ts";
import { TREND_WINDOWS } from "../../src/lib/trend-window.ts";
import { PROVIDER_CATEGORIES, type ProviderCategory } from "../../src/lib/providers.ts";
import { allProviders, type KnownProvider } from "../../src/providers/catalog.ts";
import type { OhmymktTool } from "../../src/tools/ohmymkt/define.ts";
import { TOOLS } from "../../src/tools/ohmymkt/index.ts";
import { commandLine, type CommandLine } from "./command-line.ts";
import type { SourceFiles } from "./source-scan.ts";

export type ToolSource = Pick<OhmymktTool, "name" | "summary" | "args" | "asks">;

export interface GateSource {
  lifetimeDays: number;
  fields: Readonly<
    Record<string, { type: string; need: string; remedy: string; min?: number; max?: number; atLeast?: number }>
  >;
}

/** A governed file, or a folder of them with `<id>` in its path. */
export interface StateFile {
  name: string;
  path: string;
  format: "json" | "markdown";
  version: number;
  schema: z.ZodType;
  producer: string;
  consumer: string;
  trigger: string;
}

/** A transition table under the name of the constant that holds it; its first state is where things begin. */
export interface Machine {
  constant: string;
  title: string;
  table: Readonly<Record<string, readonly string[]>>;
}

/** How a signal is computed: from the rows of a source with a metric and a dimension. */
export interface FormulaSource {
  source: string;
  needs: { metric: string; dimension: string };
  says: string;
}

/** Everything that the reference is written from. */
export interface Sources {
  tools: readonly ToolSource[];
  gates: Readonly<Record<string, GateSource>>;
  files: readonly StateFile[];
  config: { schema: z.ZodType; defaults: unknown };
  errors: Readonly<Record<string, string>>;
  agents: readonly Omit<AgentDefinition, "prompt">[];
  agentFiles: readonly string[];
  machines: readonly Machine[];
  rules: readonly { id: string; says: string; decision: string }[];
  rulesVersion: number;
  cadences: Readonly<Record<string, number>>;
  signals: Readonly<Record<string, { track: string; modules: readonly string[] }>>;
  formulas: Readonly<Record<string, FormulaSource>>;
  /** Window that each cadence judges trends over. */
  trendWindows: Readonly<Record<string, { step: string; steps: number }>>;
  measurable: readonly { gate: string; field: string; counts: string }[];
  providers: Readonly<Record<ProviderCategory, readonly KnownProvider[]>>;
  cli: CommandLine;
  code: SourceFiles;
}

/** The sources as the product has them; `code` is the text of `src/` without its tests. */
export async function productSources(code: SourceFiles): Promise<Sources> {
  return {
    tools: TOOLS,
    gates: GATES,
    files: stateFiles(),
    config: { schema: Config, defaults: DEFAULT_CONFIG },
    errors: ERROR_CODES,
    agents: SHIPPED_AGENTS,
    agentFiles: Object.keys(AGENT_FILES),
    machines: [
      { constant: "CAMPAIGN_TRANSITIONS", title: "Campaign", table: CAMPAIGN_TRANSITIONS },
      { constant: "INCIDENT_TRANSITIONS", title: "Incident", table: INCIDENT_TRANSITIONS },
      { constant: "TASK_TRANSITIONS", title: "Task", table: TASK_TRANSITIONS },
      { constant: "JOB_TRANSITIONS", title: "Background job", table: JOB_TRANSITIONS },
      { constant: "APPROVAL_TRANSITIONS", title: "Approval", table: APPROVAL_TRANSITIONS },
      { constant: "OUTBOX_TRANSITIONS", title: "Outbox", table: OUTBOX_TRANSITIONS },
      { constant: "PAID_CALL_TRANSITIONS", title: "Paid call", table: PAID_CALL_TRANSITIONS },
    ],
    rules: DECISION_RULES,
    rulesVersion: RULES_VERSION,
    cadences: CADENCES,
    signals: SIGNALS,
    formulas: SIGNAL_FORMULAS,
    trendWindows: TREND_WINDOWS,
    measurable: MEASURABLE_FIELDS,
    providers: await providers(),
    cli: await commandLine(TOOLS),
    code,
  };
}

async function providers(): Promise<Sources["providers"]> {
  const [image, video, video_template, publish] = await Promise.all(PROVIDER_CATEGORIES.map(allProviders));
  return { image: image ?? [], video: video ?? [], video_template: video_template ?? [], publish: publish ?? [] };
}

function stateFiles(): StateFile[] {
  const single = DOCUMENTS.map(({ document, ...contract }) => ({ ...document, ...contract }));
  const folders = COLLECTIONS.map(({ collection, ...contract }) => ({
    ...collection.at("example"),
    ...contract,
    path: `${collection.folder}/<id>${collection.extension}`,
  }));
  return [...single, ...folders];
}
