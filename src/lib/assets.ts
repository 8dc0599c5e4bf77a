import { z } from "zod";
import { OhmymktError } from "../errors.ts";
import { defineDocument } from "./documents.ts";
import { Generated } from "./generated.ts";
import { assertId } from "./names.ts";
import { findEntry, freeId, named, oneLine, ResearchName, ResearchText, sameId, sameName } from "./research.ts";

const ASSET_TYPES = [
  "image",
  "video",
  "audio",
  "landing_page",
  "email",
  "post",
  "ad",
  "article",
  "deck",
  "document",
  "other",
] as const;
export const ASSET_STATUSES = ["planned", "in_progress", "done", "blocked", "published"] as const;

/** A word of a fixed list in any case, with spaces or dashes for the underscore; text in the schema, because an enum costs every request more. */
function word<const Words extends readonly string[]>(words: Words) {
  return z
    .string()
    .trim()
    .transform((text) => text.toLowerCase().replace(/[\s-]+/g, "_"))
    .pipe(z.enum(words));
}

const AssetPath = z
  .string()
  .trim()
  .min(1)
  .max(1000)
  .superRefine((path, context) => {
    const problem = pathProblem(path);
    if (problem)
      context.addIssue({
        code: "custom",
        message: `expected a path relative to the project such as content/post.md, got ${JSON.stringify(path)}, ${problem}`,
      });
  });

/** Why a path does not stay inside the project on every system, or undefined when it does. */
function pathProblem(path: string): string | undefined {
  if (/\p{Cc}/u.test(path)) return "which holds a control character";
  if (path.includes("\\")) return "which holds a backslash; write / between the names";
  if (/^[a-z][a-z0-9+.-]*:/i.test(path)) return "which is an address or names a drive; addresses go into notes";
  if (path.startsWith("/") || path.startsWith("~")) return "which is not relative";
  if (path.split("/").includes("..")) return "which leads upwards";
  return path.split("/").every((segment) => segment === "" || segment === ".") ? "which names no file" : undefined;
}

/** What a call may state about an asset; an update keeps what it leaves out. */
export const AssetInput = z
  .strictObject({
    type: word(ASSET_TYPES),
    name: ResearchName,
    status: word(ASSET_STATUSES),
    format: ResearchName,
    path: AssetPath,
    notes: ResearchText,
    alt_text: ResearchText,
  })
  .partial();
export type AssetInput = z.infer<typeof AssetInput>;

/** One asset of the manifest; `path` is relative to the project. */
export const Asset = z.strictObject({
  id: z.string(),
  type: z.enum(ASSET_TYPES),
  name: ResearchName,
  status: z.enum(ASSET_STATUSES),
  format: ResearchName.optional(),
  path: AssetPath.optional(),
  notes: ResearchText.optional(),
  alt_text: ResearchText.optional(),
  generated: Generated.optional(),
  created_at: z.iso.datetime(),
  updated_at: z.iso.datetime(),
  updated_by: z.string(),
});
export type Asset = z.infer<typeof Asset>;

/** asset-manifest.json: the assets in order of creation, each id once. */
export const AssetManifest = z
  .strictObject({ schema_version: z.literal(1), assets: z.array(Asset) })
  .superRefine(({ assets }, context) => {
    const seen = new Set<string>();
    for (const [index, { id }] of assets.entries()) {
      if (seen.has(id))
        context.addIssue({
          code: "custom",
          path: ["assets", index, "id"],
          message: `the id ${JSON.stringify(id)} is there twice`,
        });
      seen.add(id);
    }
  });
export type AssetManifest = z.infer<typeof AssetManifest>;

export const ASSET_MANIFEST = defineDocument({
  name: "asset manifest",
  path: "research/asset-manifest.json",
  schema: AssetManifest,
});

/** The manifest after a change, the asset concerned, and what became of it. */
export interface AssetChange {
  manifest: AssetManifest;
  asset: Asset;
  outcome: "added" | "updated" | "unchanged";
}

/** Adds an asset; the same name with other content gets its own id, with the same content nothing changes. Throws `invalid_arguments`. */
export function addAsset(
  manifest: AssetManifest | undefined,
  input: AssetInput & { id?: string | undefined },
  write: { at: string; by: string },
): AssetChange {
  const assets = manifest?.assets ?? [];
  const { id: wanted, name, type, ...rest } = input;
  if (name === undefined || type === undefined) {
    throw new OhmymktError(
      "invalid_arguments",
      `a new asset needs a name and a type, got ${name === undefined ? "no name" : "no type"}`,
      { hint: `the types are ${ASSET_TYPES.join(", ")}` },
    );
  }
  const id = wanted === undefined ? undefined : assertId(wanted, "asset");
  const there = assets.find(
    (asset) =>
      (id === undefined || sameId(asset.id, id)) && sameName(asset.name, name) && holds(asset, { type, ...rest }),
  );
  if (there) return { manifest: { schema_version: 1, assets }, asset: there, outcome: "unchanged" };
  if (id !== undefined && assets.some((asset) => sameId(asset.id, id))) {
    throw new OhmymktError("invalid_arguments", `there is an asset ${JSON.stringify(id)} with other content already`, {
      hint: 'use action "update" to change it, or leave the id out to add another',
    });
  }
  const asset: Asset = {
    status: "planned",
    ...named(rest),
    id: id ?? freeId(name, assets, "asset"),
    type,
    name,
    created_at: write.at,
    updated_at: write.at,
    updated_by: write.by,
  };
  checkAsset(asset, undefined);
  return { manifest: { schema_version: 1, assets: [...assets, asset] }, asset, outcome: "added" };
}

/** Adds a finished file that a generator made; every one is an asset of its own. */
export function addGenerated(
  manifest: AssetManifest | undefined,
  input: Pick<Asset, "type" | "name" | "format" | "path" | "alt_text"> & { generated: Generated },
  write: { at: string; by: string },
): AssetChange {
  const assets = manifest?.assets ?? [];
  const asset: Asset = {
    id: freeId(input.name, assets, "asset"),
    status: "done",
    ...input,
    created_at: write.at,
    updated_at: write.at,
    updated_by: write.by,
  };
  return { manifest: { schema_version: 1, assets: [...assets, asset] }, asset, outcome: "added" };
}

/** Changes what the call names of one asset, found by id or by its only name. Throws `not_found`, `ambiguous` or `invalid_arguments`. */
export function updateAsset(
  manifest: AssetManifest | undefined,
  input: AssetInput & { id?: string | undefined },
  write: { at: string; by: string },
): AssetChange {
  const assets = manifest?.assets ?? [];
  const { id, name, ...rest } = input;
  const before = findEntry({ id, name }, assets, "asset");
  // Without an id the name says which asset is meant; only with one does it rename.
  const stated = id === undefined ? rest : { name, ...rest };
  if (holds(before, stated)) return { manifest: { schema_version: 1, assets }, asset: before, outcome: "unchanged" };
  const asset: Asset = { ...before, ...named(stated), updated_at: write.at, updated_by: write.by };
  checkAsset(asset, before);
  return {
    manifest: { schema_version: 1, assets: assets.map((other) => (other === before ? asset : other)) },
    asset,
    outcome: "updated",
  };
}

/** The manifest after an asset's last delivery was sent or taken back, or undefined when that changes nothing. */
export function setPublished(
  manifest: AssetManifest,
  id: string,
  published: boolean,
  write: { at: string; by: string },
): AssetManifest | undefined {
  const status = published ? "published" : "done";
  const asset = manifest.assets.find((one) => one.id === id);
  if (!asset || asset.status === status || (!published && asset.status !== "published")) return undefined;
  const changed: Asset = { ...asset, status, updated_at: write.at, updated_by: write.by };
  return { ...manifest, assets: manifest.assets.map((one) => (one === asset ? changed : one)) };
}

function holds(asset: Asset, stated: AssetInput): boolean {
  const has: Record<string, unknown> = asset;
  return Object.entries(named(stated)).every(([key, value]) => has[key] === value);
}

function checkAsset(asset: Asset, before: Asset | undefined): void {
  const was = before?.status ?? "planned";
  if (asset.status === "published" && was !== "published") {
    throw new OhmymktError(
      "invalid_transition",
      `asset ${JSON.stringify(asset.id)} cannot be set to published by hand`,
      {
        hint: 'set it to "done"; it becomes published by the receipt of ohmymkt_publish',
      },
    );
  }
  if (was === "published" && asset.status !== "published") {
    throw new OhmymktError(
      "invalid_transition",
      `asset ${JSON.stringify(asset.id)} is published; its status follows the receipt, not a call`,
      {
        hint: "retract the publication with ohmymkt_publish, or add a new asset for the next version",
      },
    );
  }
  if (asset.status === "done" && asset.path === undefined && asset.notes === undefined) {
    throw new OhmymktError(
      "invalid_arguments",
      `asset ${JSON.stringify(asset.id)} is done only with a path or notes, got neither`,
      {
        hint: "repeat the call with path (relative to the project), or with notes that say where it is",
      },
    );
  }
}

/** What a person should still add: a finished image or video without a text for those who cannot see it. */
export function assetWarning(asset: Asset): string | undefined {
  const visual = asset.type === "image" || asset.type === "video";
  const finished = asset.status === "done" || asset.status === "published";
  return visual && finished && asset.alt_text === undefined ? `${asset.id}: alt_text is missing` : undefined;
}

/** The assets that fit every stated member; text members fit when they contain what is stated. */
export function filterAssets(assets: readonly Asset[], wanted: AssetInput & { id?: string | undefined }): Asset[] {
  const filters = Object.entries(named(wanted));
  return assets.filter((asset) => {
    const has: Record<string, unknown> = asset;
    return filters.every(([key, value]) =>
      key === "type" || key === "status" || key === "id"
        ? has[key] === value
        : textOf(has[key]).includes(textOf(value)),
    );
  });
}

/** One asset on one line. */
export function assetLine(asset: Asset): string {
  const parts = [
    asset.format,
    asset.path,
    asset.generated?.ai === true && `AI-generated (${asset.generated.provider} ${asset.generated.model})`,
    asset.notes && `notes: ${oneLine(asset.notes, 200)}`,
    asset.alt_text && `alt: ${oneLine(asset.alt_text, 120)}`,
  ];
  const details = parts.filter((part) => part !== undefined && part !== false).map((part) => oneLine(part));
  return [`- ${asset.id}: ${oneLine(asset.name)}, ${asset.type}, ${asset.status}`, ...details].join("; ");
}

function textOf(value: unknown): string {
  return typeof value === "string" ? value.toLowerCase() : "";
}
