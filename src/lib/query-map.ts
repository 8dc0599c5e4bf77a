import { OhmymktError } from "../errors.ts";

/** One query of the map: its cluster, whether it decides, who owns it, and the one page that should answer it. */
export interface MappedQuery {
  query: string;
  cluster: string;
  priority: boolean;
  owner: string;
  url: string;
}

/** The text of a query as it is compared: folded case, composed letters, single spaces. */
export function foldQuery(query: string): string {
  return query.normalize("NFKC").toLowerCase().replace(/\s+/g, " ").trim();
}

/** How many impressions of priority queries go to queries with exactly one owner URL; both sums so that the share can be checked. */
export interface QueryCoverage {
  share: number;
  owned: number;
  impressions: number;
  /** Priority queries with impressions and no owner URL, or more than one, most impressions first. */
  unowned: string[];
}

/**
 * Share of priority-query impressions whose query has exactly one owner URL in the map: Σ impressions of those ÷ Σ impressions of all priority queries.
 * Brand queries are left out. Undefined without any impression of a priority query.
 */
export function priorityQueryCoverage(
  map: readonly MappedQuery[],
  impressions: ReadonlyMap<string, number>,
  isBrand: (query: string) => boolean,
): QueryCoverage | undefined {
  const urls = new Map<string, Set<string>>();
  for (const { query, url, priority } of map) {
    if (!priority) continue;
    const key = foldQuery(query);
    urls.set(key, (urls.get(key) ?? new Set()).add(url));
  }
  let [owned, all] = [0, 0];
  const unowned: [query: string, impressions: number][] = [];
  for (const [query, targets] of urls) {
    if (isBrand(query)) continue;
    const count = impressions.get(query) ?? 0;
    all += count;
    targets.delete("");
    if (targets.size === 1) owned += count;
    else if (count > 0) unowned.push([query, count]);
  }
  if (all === 0) return undefined;
  return {
    share: owned / all,
    owned,
    impressions: all,
    unowned: unowned.toSorted(([, a], [, b]) => b - a).map(([query]) => query),
  };
}

/** The best position at which a result still counts as found. */
export const FOUND_POSITION = 10;

/** Share of the priority clusters that have a query at position 10 or better; undefined without a priority cluster. */
export function clusterCoverage(
  map: readonly MappedQuery[],
  positions: ReadonlyMap<string, number>,
): number | undefined {
  const clusters = new Map<string, boolean>();
  for (const { query, cluster, priority } of map) {
    if (!priority) continue;
    const position = positions.get(foldQuery(query));
    const isFound = position !== undefined && position <= FOUND_POSITION;
    clusters.set(cluster, isFound || clusters.get(cluster) === true);
  }
  return clusters.size === 0 ? undefined : [...clusters.values()].filter(Boolean).length / clusters.size;
}

/** A test for brand queries from the stored pattern; nothing is a brand query without one. Throws `invalid_arguments` for a pattern that is none. */
export function brandTest(pattern: string | undefined): (query: string) => boolean {
  if (pattern === undefined || pattern.trim() === "") return () => false;
  try {
    const expression = new RegExp(pattern, "iu");
    return (query) => expression.test(query);
  } catch (error) {
    throw new OhmymktError("invalid_arguments", `measurement.brand_pattern is no regular expression: ${pattern}`, {
      hint: "correct it in .ohmymkt/config.json, for example acme|ac me",
      cause: error,
    });
  }
}
