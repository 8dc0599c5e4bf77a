import { OhmymktError } from "../errors.ts";
import { sha256 } from "../lib/canonical.ts";
import type { Collection, Document } from "../lib/documents.ts";
import { corrupt, decode, encode } from "../store/local/codec.ts";
import { checkPath } from "../store/local/paths.ts";
import type { Artifacts, Documents, Revision, Unreadable } from "../store/store.ts";
import type { MemoryRow, Scene } from "./memory-state.ts";

const UNREADABLE: ReadonlySet<string> = new Set([
  "corrupt_document",
  "newer_version",
  "invalid_id",
  "invalid_arguments",
]);

/** Documents over a map of files, by the rules of the embedded driver: unknown content is adopted as a hand edit, unreadable content refused. */
export function memoryDocuments(scene: Scene): Documents {
  const revision = <T>(document: Document<T>): Promise<Revision<T> | undefined> => readRevision(scene, document);
  return {
    read: async (document) => (await revision(document))?.value,
    revision,
    write: async (document, value, note = {}) => {
      const before = await revision(document);
      const content = await encode(document, value);
      const kept = await decodeOwn(scene, document, content);
      const row = put(scene, document.path, "document", content, "ours");
      scene.append({ kind: "document.write", subject: document.path, ...note, before: before?.hash, after: row.hash });
      return revisionOf(document, kept, row);
    },
    list: (collection) => list(scene, collection),
    history: async (path) =>
      past(scene, checkPath(path)).map((entry) => ({
        ...entry,
        content: new TextDecoder().decode(scene.state.blobs.get(entry.hash)),
      })),
    restore: (document, hash) => restore(scene, document, hash),
  };
}

/** Text files beside the documents. */
export function memoryArtifacts(scene: Scene): Artifacts {
  const { files, rows } = scene.state;
  return {
    read: async (path) => {
      const bytes = files.get(checkPath(path));
      return bytes && new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
    },
    exists: async (path) => files.has(checkPath(path)),
    list: async (folder) => [...files.keys()].filter((path) => path.startsWith(`${checkPath(folder)}/`)).toSorted(),
    write: async (path, content) => {
      if (rows.get(checkPath(path))?.kind === "document") {
        throw new OhmymktError(
          "invalid_arguments",
          `.ohmymkt/${path} is a governed document; expected the path of a report, notepad or other text`,
        );
      }
      const found = files.get(path);
      const before = found && sha256(found);
      if (before !== undefined && before !== rows.get(path)?.hash) {
        const known = rows.get(path);
        scene.append({
          kind: known ? "artifact.hand_edit" : "artifact.imported",
          subject: path,
          before: known?.hash,
          after: before,
        });
      }
      const { hash } = put(scene, path, "artifact", new TextEncoder().encode(content), "ours");
      scene.append({ kind: "artifact.write", subject: path, before, after: hash });
      return { path, hash };
    },
  };
}

async function readRevision<T>(scene: Scene, document: Document<T>): Promise<Revision<T> | undefined> {
  const path = checkPath(document.path);
  const row = scene.state.rows.get(path);
  const bytes = scene.state.files.get(path);
  const advice = row === undefined ? "repair" : "restore";
  if (bytes === undefined) {
    if (row === undefined) return undefined;
    throw corrupt(path, advice, "", "was removed outside the tools");
  }
  const hash = bytes === row?.bytes ? row.hash : sha256(bytes);
  const value = await decodeOnce(scene, document, bytes, hash, advice);
  if (row?.hash === hash) return revisionOf(document, value, row);
  const adopted = put(scene, path, "document", bytes, row === undefined ? "imported" : "hand_edited");
  scene.append({
    kind: row === undefined ? "document.imported" : "document.hand_edit",
    subject: path,
    before: row?.hash,
    after: hash,
  });
  return revisionOf(document, value, adopted);
}

/** Equal bytes have equal meaning, so each content is parsed and checked once. */
async function decodeOnce<T>(
  { parsed }: Scene,
  document: Document<T>,
  bytes: Uint8Array,
  hash: string,
  advice: "restore" | "repair",
): Promise<T> {
  const key = `${document.name} ${hash}`;
  if (!parsed.has(key)) parsed.set(key, await decode(document, bytes, advice));
  return parsed.get(key) as T;
}

async function decodeOwn<T>(scene: Scene, document: Document<T>, content: Uint8Array): Promise<T> {
  try {
    return await decodeOnce(scene, document, content, sha256(content), "repair");
  } catch (error) {
    if (!(error instanceof OhmymktError) || error.code === "internal") throw error;
    throw new OhmymktError("invalid_arguments", `this ${document.name} would not be readable: ${error.message}`, {
      cause: error,
    });
  }
}

function put(
  { state }: Scene,
  path: string,
  kind: MemoryRow["kind"],
  bytes: Uint8Array,
  origin: MemoryRow["origin"],
): MemoryRow {
  const row: MemoryRow = {
    kind,
    bytes,
    hash: sha256(bytes),
    revision: (state.rows.get(path)?.revision ?? 0) + 1,
    origin,
  };
  state.rows.set(path, row);
  state.files.set(path, bytes);
  state.blobs.set(row.hash, bytes);
  return row;
}

function revisionOf<T>(document: Document<T>, value: T, { hash, revision, origin }: MemoryRow): Revision<T> {
  const name = document.path.slice(document.path.lastIndexOf("/") + 1);
  return { id: name.slice(0, name.lastIndexOf(".")), path: document.path, value, hash, revision, origin };
}

async function list<T>(
  scene: Scene,
  { folder, extension, at }: Collection<T>,
): Promise<{ readable: Revision<T>[]; unreadable: Unreadable[] }> {
  const readable: Revision<T>[] = [];
  const unreadable: Unreadable[] = [];
  const paths = new Set([...scene.state.files.keys(), ...scene.state.rows.keys()]);
  const names = [...paths]
    .filter((path) => path.startsWith(`${folder}/`) && path.endsWith(extension))
    .map((path) => path.slice(folder.length + 1, -extension.length));
  for (const id of names.filter((name) => !name.includes("/")).toSorted((a, b) => (a < b ? -1 : 1))) {
    try {
      const revision = await readRevision(scene, at(id));
      if (revision !== undefined) readable.push({ ...revision, id });
    } catch (error) {
      if (!(error instanceof OhmymktError) || !UNREADABLE.has(error.code)) throw error;
      unreadable.push({ id, path: `${folder}/${id}${extension}`, error });
    }
  }
  return { readable, unreadable };
}

/** Earlier contents of a path, newest first. */
function past({ state }: Scene, path: string): { hash: string; at: string; seq: number }[] {
  return state.ledger
    .filter((row) => row.subject === path && /^(?:document|artifact)\./.test(row.kind) && typeof row.after === "string")
    .map(({ seq, at, after }) => ({ seq, at, hash: String(after) }))
    .toReversed();
}

async function restore<T>(scene: Scene, document: Document<T>, wanted: string | undefined): Promise<Revision<T>> {
  const path = checkPath(document.path);
  const found = scene.state.files.get(path);
  const present = found && sha256(found);
  for (const { hash } of past(scene, path)) {
    const bytes = scene.state.blobs.get(hash);
    if (!bytes || (wanted === undefined ? hash === present : hash !== wanted)) continue;
    const value = await decode(document, bytes, "repair");
    const row = put(scene, path, "document", bytes, "ours");
    scene.append({ kind: "document.restore", subject: path, before: present, after: row.hash });
    return revisionOf(document, value, row);
  }
  throw new OhmymktError(
    "not_found",
    `.ohmymkt/${path} has no ${wanted === undefined ? "other valid revision" : `revision ${wanted}`}`,
  );
}
