import type { Document } from "../../lib/documents.ts";
import { OhmymktError } from "../../errors.ts";
import type { Revision } from "../store.ts";
import { decode } from "./codec.ts";
import { keptContent } from "./projections.ts";
import type { Sql } from "./sql.ts";

interface Past {
  seq: number;
  at: string;
  hash: string;
  origin: Revision<unknown>["origin"];
}

/** Every content that a path has had, newest first; a run of the same content is one entry each time it was recorded. */
export function history(sql: Sql, path: string): { hash: string; at: string; seq: number; content: string }[] {
  return past(sql, path).map(({ hash, at, seq }) => ({
    hash,
    at,
    seq,
    content: new TextDecoder().decode(keptContent(sql, hash)),
  }));
}

/** The wanted revision, or the newest that is valid and differs from `not`. Throws `not_found`. */
export async function lastGood<T>(
  sql: Sql,
  document: Document<T>,
  wanted: { hash: string | undefined; not: string | undefined },
): Promise<Past & { value: T; content: Uint8Array }> {
  for (const entry of past(sql, document.path)) {
    if (wanted.hash === undefined ? entry.hash === wanted.not : entry.hash !== wanted.hash) continue;
    const content = keptContent(sql, entry.hash);
    try {
      return { ...entry, content, value: await decode(document, content, "repair") };
    } catch (error) {
      if (wanted.hash !== undefined || !(error instanceof OhmymktError)) throw error;
    }
  }
  throw new OhmymktError(
    "not_found",
    `.ohmymkt/${document.path} has no ${wanted.hash === undefined ? "other valid revision" : `revision ${wanted.hash}`}`,
    {
      hint: "list its revisions with the history of the path",
    },
  );
}

function past(sql: Sql, path: string): Past[] {
  return sql
    .all<{
      seq: number;
      at: string;
      kind: string;
      before: string | null;
      after: string | null;
      evidence: string | null;
    }>(
      `SELECT seq, at, kind, before, after, evidence FROM ledger WHERE subject = ?
         AND kind IN('document.write','document.hand_edit','document.imported','document.restore','document.superseded','document.unreadable','artifact.write','artifact.imported','artifact.hand_edit','artifact.superseded')
       ORDER BY seq DESC`,
      path,
    )
    .map(({ seq, at, kind, before, after, evidence }) => {
      const verb = kind.slice(kind.indexOf(".") + 1);
      return {
        seq,
        at,
        hash: String(JSON.parse((verb === "superseded" ? before : after) ?? '""')),
        origin: originOf(verb, evidence),
      };
    });
}

/** Restoring does not turn an unconfirmed revision into one of ours. */
function originOf(verb: string, evidence: string | null): Past["origin"] {
  if (verb === "write") return "ours";
  if (verb === "imported") return "imported";
  if (verb !== "restore" || evidence === null) return "hand_edited";
  const { origin } = JSON.parse(evidence) as { origin: Past["origin"] };
  return origin;
}
