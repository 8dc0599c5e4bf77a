import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { z } from "zod";
import { defineCollection, defineDocument } from "../../../lib/documents.ts";
import { assertId } from "../../../lib/names.ts";
import type { Cause } from "../../store.ts";

export const CAUSE: Cause = { actor: { host: "cli" }, tool: "test" };

export const Counter = defineDocument({
  name: "counter",
  path: "state/counter.json",
  schema: z.strictObject({
    schema_version: z.literal(1),
    count: z.int(),
    by: z.record(z.string(), z.int()).optional(),
    mode: z.enum(["slow", "steady"]).optional(),
    limit: z.union([z.number(), z.strictObject({ max: z.number() })]).optional(),
  }),
});

export const Assets = defineDocument({
  name: "assets",
  path: "research/assets.json",
  schema: z.strictObject({ schema_version: z.literal(1), assets: z.array(z.string()) }),
});

export const Incidents = defineCollection({
  name: "incident",
  folder: "incidents",
  checkId: (id) => assertId(id, "incident"),
  schema: z.strictObject({ schema_version: z.literal(1), title: z.string(), open: z.boolean() }),
});

export const Plans = defineCollection({
  name: "plan",
  folder: "plans",
  extension: ".md",
  checkId: (id) => assertId(id, "plan"),
  schema: z.strictObject({
    schema_version: z.literal(1),
    title: z.string(),
    steps: z.array(z.strictObject({ owner: z.string() })).optional(),
    body: z.string(),
  }),
});

/** What a call failed with, or undefined when it did not fail. */
export async function caught(call: Promise<unknown>): Promise<unknown> {
  try {
    await call;
  } catch (error) {
    return error;
  }
  return undefined;
}

/** A project directory with shortcuts to the files of its state. */
export interface Project {
  directory: string;
  path(relative: string): string;
  put(relative: string, content: string | Uint8Array): void;
  text(relative: string): string;
  remove(): void;
}

export function makeProject(directory = mkdtempSync(join(tmpdir(), "ohmymkt-store-"))): Project {
  const path = (relative: string): string => join(directory, ".ohmymkt", relative);
  return {
    directory,
    path,
    put: (relative, content) => {
      mkdirSync(dirname(path(relative)), { recursive: true });
      writeFileSync(path(relative), content);
    },
    text: (relative) => readFileSync(path(relative), "utf8"),
    remove: () => rmSync(directory, { recursive: true, force: true }),
  };
}
