import { dirname, join } from "node:path";
import workerThreads from "node:worker_threads";
import { SqliteDatabase } from "./sqlite.ts";

type Namespace = Record<string, unknown>;

/** Makes `@atproto/pds`, which is written for Node 22, loadable in this process; to be called before it is imported. */
export async function preparePdsOnBun(): Promise<void> {
  const home = dirname(Bun.resolveSync("@atproto/pds/package.json", import.meta.dir));
  const jose = await modules(join(dirname(Bun.resolveSync("jose/package.json", home)), "dist/node/esm/index.js"));
  const { Agent } = await modules(Bun.resolveSync("undici", home));
  const lex = await modules(Bun.resolveSync("@atproto/lex", home));
  // Bun has no undici inside, so the PDS finds no version and refuses; its guarded agent is for other hosts than ours.
  Object.defineProperty(process.versions, "undici", { value: "7.0.0", configurable: true });
  // Not in Bun 1.3; it only keeps objects of undici out of messages between threads.
  const threads: { markAsUncloneable?: unknown } = workerThreads;
  threads.markAsUncloneable ??= () => {};
  if (typeof Agent !== "function") throw new Error("expected Bun's undici to have a class Agent");
  Object.assign(Object(Agent.prototype), {
    compose(this: unknown) {
      return this;
    },
    destroy: () => Promise.resolve(),
  });
  Bun.plugin({
    name: "pds-on-bun",
    setup(build) {
      build.module("better-sqlite3", () => ({ loader: "object", exports: { default: SqliteDatabase } }));
      // The build that jose picks for Bun does not know the key objects of node:crypto that the PDS makes.
      build.module("jose", () => ({ loader: "object", exports: jose }));
      // A module namespace has another prototype in Bun than in Node; without copies the PDS finds no schema, and would check no record.
      build.module("@atproto/lex", () => ({
        loader: "object",
        exports: { ...lex, walk: (namespace: Namespace): unknown => call(lex["walk"], copied(namespace)) },
      }));
    },
  });
}

async function modules(path: string): Promise<Namespace> {
  const found: Namespace = await import(path);
  return found;
}

function call(work: unknown, argument: unknown): unknown {
  if (typeof work !== "function") throw new Error("expected @atproto/lex to have a function walk");
  const result: unknown = work(argument);
  return result;
}

function copied(namespace: Namespace): Namespace {
  return Object.fromEntries(
    Object.entries(namespace).map(([name, member]) => [name, isNamespace(member) ? copied(member) : member]),
  );
}

function isNamespace(value: unknown): value is Namespace {
  return Object.prototype.toString.call(value) === "[object Module]";
}
