import { z } from "zod";
import { en } from "zod/locales";

// zod sets up its messages as a side effect of its own index, which bundlers drop: without this every message is "Invalid input".
z.config(en());

/** Upgrades a parsed document from the version that is its key to the next one. */
export type Migrations = Readonly<Record<number, (old: Record<string, unknown>) => Record<string, unknown>>>;

/**
 * One governed file: a path relative to `.ohmymkt/`, a strict schema whose `schema_version` is `version`, and how older versions move up.
 * `json` files are the value itself; `markdown` files carry the value as YAML front matter, with the text below it in `body`.
 */
export interface Document<T> {
  readonly name: string;
  readonly path: string;
  readonly format: "json" | "markdown";
  readonly schema: z.ZodType<T>;
  readonly version: number;
  readonly migrations: Migrations;
  /** A file that people write from nothing may leave its `schema_version` out. */
  readonly unversioned?: boolean;
}

/** Documents of one kind in one folder; `at(id)` is the document of an id, which must fit the id grammar. */
export interface Collection<T> {
  readonly name: string;
  readonly folder: string;
  readonly extension: ".json" | ".md";
  at(id: string): Document<T>;
}

type Definition<T> = {
  name: string;
  schema: z.ZodType<T>;
  version?: number;
  migrations?: Migrations;
  unversioned?: boolean;
};

/** A document that exists once per project. */
export function defineDocument<T>(definition: Definition<T> & { path: string }): Document<T> {
  return { format: "json", version: 1, migrations: {}, ...definition };
}

/** A folder of documents, one per id; Markdown documents have a `body` member in their schema. */
export function defineCollection<T>(
  definition: Definition<T> & { folder: string; extension?: ".json" | ".md"; checkId: (id: string) => string },
): Collection<T> {
  const { folder, extension = ".json", checkId, ...rest } = definition;
  return {
    name: rest.name,
    folder,
    extension,
    at: (id) => ({
      format: extension === ".md" ? "markdown" : "json",
      version: 1,
      migrations: {},
      ...rest,
      path: `${folder}/${checkId(id)}${extension}`,
    }),
  };
}
