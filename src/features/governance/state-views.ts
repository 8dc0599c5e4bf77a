import { OhmymktError } from "../../errors.ts";
import type { Config } from "../../config.ts";
import { BOULDER_DOCUMENT } from "../../lib/campaign.ts";
import { cycleWindow } from "../../lib/cycle.ts";
import { healthChecks } from "../../lib/health.ts";
import { listModules } from "../../lib/modules.ts";
import { missingFields, SPRINT_BOARD_DOCUMENT } from "../../lib/sprint-board.ts";
import type { Transaction } from "../../store/store.ts";
import { gateReport, incidentFacts, readStanding, signalFacts } from "./facts.ts";
import { readCycles, readExecution, readMetrics, readModules } from "./seeds.ts";
import { statedTrends } from "../../lib/metrics.ts";

export const PAGE_SIZE = 20;

/** A state as rows: one page of them, how many there are, and what stands above them. */
export interface StateView {
  head?: unknown;
  rows: unknown[];
  total: number;
  page: number;
  pages: number;
}

interface Query {
  query: string | undefined;
  page: number;
  config: Config;
}

type View = (tx: Transaction, query: Query) => Promise<StateView>;

function paged(all: readonly unknown[], { query, page }: Query, head?: unknown): StateView {
  const wanted = query?.toLowerCase();
  const rows = wanted ? all.filter((row) => JSON.stringify(row).toLowerCase().includes(wanted)) : all;
  const pages = Math.max(1, Math.ceil(rows.length / PAGE_SIZE));
  if (page > pages) throw new OhmymktError("invalid_arguments", `page expected 1 to ${pages}, got ${page}`);
  return { rows: rows.slice((page - 1) * PAGE_SIZE, page * PAGE_SIZE), total: rows.length, page, pages, ...(head === undefined ? {} : { head }) };
}

/** What `ohmymkt_read_state` can show, by name. */
export const STATE_VIEWS = {
  gates: async (tx, query) => {
    const { plan, gates } = await readStanding(tx);
    return paged(gates.gates.flatMap((gate) => gate.fields), query, { overall: gates.overall, plan: plan?.name ?? null });
  },
  metrics: async (tx, query) => {
    const { readings, conflicts } = await signalFacts(tx, "weekly", query.config);
    const stated = statedTrends(await readMetrics(tx));
    const byHand = readings.filter((reading) => stated[reading.signal] !== reading.trend).map((reading) => `${reading.signal}: the file says ${stated[reading.signal]}, which does not count`);
    const { from } = cycleWindow("quarterly", tx.now);
    return paged((await tx.observations.list({ from })).toReversed(), query, { signals: readings, conflicts, not_counted: byHand });
  },
  modules: async (tx, query) => paged(listModules(await readModules(tx)), query),
  "sprint-board": async (tx, query) => {
    const board = await tx.documents.read(SPRINT_BOARD_DOCUMENT);
    if (!board) return paged([], query, "no campaign has made a board yet");
    const tasks = new Map((await tx.tasks.list()).map((task) => [task.metadata["board_item"] ?? task.id, task]));
    const rows = board.items.map((item) => ({ ...item, missing: missingFields(item), task: tasks.get(item.id)?.status ?? null }));
    return paged(rows, query, { plan: board.plan, created_at: board.created_at, executable: rows.filter((row) => row.missing.length === 0).length, tasks: await tx.tasks.count() });
  },
  execution: async (tx, query) => {
    const { history, ...execution } = await readExecution(tx);
    return paged(history.toReversed(), query, execution);
  },
  cycles: async (tx, query) => paged((await readCycles(tx)).cycles.toReversed(), query),
  boulder: async (tx, query) => {
    const boulder = await tx.documents.read(BOULDER_DOCUMENT);
    return paged(boulder ? [boulder] : [], query);
  },
  incidents: async (tx, query) => paged((await incidentFacts(tx)).toReversed(), query),
  ledger: async (tx, query) => {
    const head = await tx.ledger.head();
    if (query.query) return paged(await tx.ledger.list(), query, head);
    const rows = await tx.ledger.list({ limit: PAGE_SIZE, offset: (query.page - 1) * PAGE_SIZE });
    return { head, rows, total: head.seq, page: query.page, pages: Math.max(1, Math.ceil(head.seq / PAGE_SIZE)) };
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
    return paged(checks, query, `${checks.filter((one) => one.ok).length} of ${checks.length} hold`);
  },
} as const satisfies Record<string, View>;

export const STATE_NAMES = ["gates", "metrics", "modules", "sprint-board", "execution", "cycles", "boulder", "incidents", "ledger", "health"] as const satisfies (keyof typeof STATE_VIEWS)[];
