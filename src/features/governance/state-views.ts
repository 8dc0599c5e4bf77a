import { OhmymktError } from "../../errors.ts";
import type { Config } from "../../config.ts";
import { BOULDER_DOCUMENT } from "../../lib/campaign.ts";
import { cycleWindow } from "../../lib/cycle.ts";
import { decidedSignal } from "../../lib/cycle-decision.ts";
import { healthChecks } from "../../lib/health.ts";
import { listModules } from "../../lib/modules.ts";
import { missingFields, SPRINT_BOARD_DOCUMENT } from "../../lib/sprint-board.ts";
import type { Transaction } from "../../store/store.ts";
import type { World } from "../../providers/world.ts";
import { providerTroubles } from "../provider-settings/provider-health.ts";
import { boardTaskId } from "../tasks/board-tasks.ts";
import { gateReport, incidentFacts, readStanding, signalBasis, signalFacts } from "./facts.ts";
import { statedTrends } from "../../lib/metrics.ts";
import { readCycles, readExecution, readMetrics, readModules } from "./seeds.ts";
import { cycleLine, gateLine, healthLine, incidentLine, ledgerLine } from "./state-lines.ts";

export const PAGE_SIZE = 20;

/** A state as rows: one page of them with a line of text each, how many there are, and what stands above them. */
export interface StateView {
  head?: unknown;
  rows: readonly unknown[];
  lines: string[];
  total: number;
  page: number;
  pages: number;
}

interface Query {
  query: string | undefined;
  page: number;
  config: Config;
  world: World;
}

type View = (tx: Transaction, query: Query) => Promise<StateView>;
interface Shown<R> {
  head?: unknown;
  line?: (row: R) => string;
}

function paged<R>(
  all: readonly R[],
  { query, page }: Query,
  { head, line = (row) => JSON.stringify(row) }: Shown<R> = {},
): StateView {
  const wanted = query?.toLowerCase();
  const found = wanted ? all.filter((row) => JSON.stringify(row).toLowerCase().includes(wanted)) : all;
  const pages = Math.max(1, Math.ceil(found.length / PAGE_SIZE));
  if (page > pages) throw new OhmymktError("invalid_arguments", `page expected 1 to ${pages}, got ${page}`);
  const rows = found.slice((page - 1) * PAGE_SIZE, page * PAGE_SIZE);
  return { rows, lines: rows.map(line), total: found.length, page, pages, ...(head === undefined ? {} : { head }) };
}

/** What `ohmymkt_read_state` can show, by name. */
export const STATE_VIEWS = {
  gates: async (tx, query) => {
    const { plan, gates } = await readStanding(tx);
    return paged(
      gates.gates.flatMap((gate) => gate.fields),
      query,
      { head: { overall: gates.overall, plan: plan?.name ?? null }, line: gateLine },
    );
  },
  metrics: async (tx, query) => {
    const { readings, conflicts } = await signalFacts(tx, await signalBasis(tx, "weekly", query.config));
    const stated = statedTrends(await readMetrics(tx));
    const byHand = readings
      .filter((reading) => stated[reading.signal] !== reading.trend)
      .map((reading) => `${reading.signal}: the file says ${stated[reading.signal]}, which does not count`);
    const { from } = cycleWindow("quarterly", tx.now);
    return paged((await tx.observations.list({ from })).toReversed(), query, {
      head: { signals: readings.map(decidedSignal), conflicts, not_counted: byHand, imports: await recentImports(tx) },
    });
  },
  modules: async (tx, query) => paged(listModules(await readModules(tx)), query),
  "sprint-board": async (tx, query) => {
    const board = await tx.documents.read(SPRINT_BOARD_DOCUMENT);
    if (!board) return paged([], query, { head: "no campaign has made a board yet" });
    const tasks = await Promise.all(board.items.map((item) => tx.tasks.get(boardTaskId(board, item.id))));
    const rows = board.items.map((item, index) => ({
      ...item,
      missing: missingFields(item),
      task: tasks[index]?.status ?? null,
      task_id: tasks[index]?.id ?? null,
    }));
    return paged(rows, query, {
      head: {
        plan: board.plan,
        created_at: board.created_at,
        executable: rows.filter((row) => row.missing.length === 0).length,
        tasks: await tx.tasks.count(),
      },
    });
  },
  execution: async (tx, query) => {
    const { history, ...execution } = await readExecution(tx);
    return paged(history.toReversed(), query, { head: execution });
  },
  cycles: async (tx, query) => paged((await readCycles(tx)).cycles.toReversed(), query, { line: cycleLine }),
  boulder: async (tx, query) => {
    const boulder = await tx.documents.read(BOULDER_DOCUMENT);
    return paged(boulder ? [boulder] : [], query);
  },
  incidents: async (tx, query) => paged((await incidentFacts(tx)).toReversed(), query, { line: incidentLine }),
  ledger: async (tx, query) => {
    const head = await tx.ledger.head();
    if (query.query) return paged(await tx.ledger.list(), query, { head, line: ledgerLine });
    const rows = await tx.ledger.list({ limit: PAGE_SIZE, offset: (query.page - 1) * PAGE_SIZE });
    return {
      head,
      rows,
      lines: rows.map(ledgerLine),
      total: head.seq,
      page: query.page,
      pages: Math.max(1, Math.ceil(head.seq / PAGE_SIZE)),
    };
  },
  health: async (tx, query) => {
    const { execution, incidents, plan } = await readStanding(tx);
    const checks = healthChecks({
      now: tx.now,
      gates: await gateReport(tx, plan),
      boulder: await tx.documents.read(BOULDER_DOCUMENT),
      execution,
      board: await tx.documents.read(SPRINT_BOARD_DOCUMENT),
      cycles: (await readCycles(tx)).cycles,
      unreadableIncidents: incidents.filter((fact) => fact.unreadable).map((fact) => fact.id),
    });
    const troubles = await providerTroubles(tx, query.world);
    const hold = `${checks.filter((one) => one.ok).length} of ${checks.length} hold`;
    return paged(checks, query, {
      head: troubles.length === 0 ? hold : `${hold}; providers: ${troubles.join("; ")}`,
      line: healthLine,
    });
  },
} as const satisfies Record<string, View>;

/** The newest files that were imported. */
async function recentImports(tx: Transaction): Promise<unknown[]> {
  const imports = await tx.observations.imports({ limit: 10 });
  return imports.map(({ file, format, source, finished_at, stored, known, revised }) => ({
    file,
    format,
    source,
    finished_at,
    stored,
    known,
    revised,
  }));
}

export const STATE_NAMES = [
  "gates",
  "metrics",
  "modules",
  "sprint-board",
  "execution",
  "cycles",
  "boulder",
  "incidents",
  "ledger",
  "health",
] as const satisfies (keyof typeof STATE_VIEWS)[];
