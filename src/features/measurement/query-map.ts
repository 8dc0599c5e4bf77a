import Papa from "papaparse";
import type { MeasurementSettings } from "../../config.ts";
import { OhmymktError } from "../../errors.ts";
import type { MappedQuery } from "../../lib/query-map.ts";
import type { Transaction } from "../../store/store.ts";

const COLUMNS = ["query", "cluster", "priority", "owner", "url"] as const;
const YES = new Set(["1", "true", "yes", "y", "x", "high"]);
const NO = new Set(["0", "false", "no", "n", "", "low"]);

/** The query map of the project; empty while there is no file. Throws `corrupt_document` with the line. */
export async function readQueryMap(tx: Transaction, { query_map }: MeasurementSettings): Promise<MappedQuery[]> {
  const text = await tx.artifacts.read(query_map);
  return text === undefined ? [] : parseQueryMap(text, query_map);
}

export function parseQueryMap(text: string, path: string): MappedQuery[] {
  const { data, meta, errors } = Papa.parse<Record<string, string>>(text.replace(/^\uFEFF/, ""), {
    header: true,
    skipEmptyLines: "greedy",
    transformHeader: (header) => header.trim().toLowerCase(),
  });
  const missing = COLUMNS.filter((column) => !meta.fields?.includes(column));
  if (missing.length > 0)
    throw broken(path, 1, `expected the columns ${COLUMNS.join(", ")}, got ${meta.fields?.join(", ") || "none"}`);
  const [error] = errors.filter(({ type }) => type !== "Delimiter");
  if (error) throw broken(path, (error.row ?? 0) + 2, error.message);
  return data.map((row, index) => {
    const [query, cluster, priority, owner, url] = COLUMNS.map((column) => (row[column] ?? "").trim());
    if (!query || !cluster) throw broken(path, index + 2, "expected a query and its cluster, got an empty cell");
    const word = (priority ?? "").toLowerCase();
    if (!YES.has(word) && !NO.has(word))
      throw broken(path, index + 2, `priority expected yes or no, got ${JSON.stringify(priority)}`);
    return { query, cluster, priority: YES.has(word), owner: owner ?? "", url: url ?? "" };
  });
}

function broken(path: string, line: number, problem: string): OhmymktError {
  return new OhmymktError("corrupt_document", `.ohmymkt/${path}, line ${line}: ${problem}`, {
    hint: "correct the line and repeat the call",
  });
}
