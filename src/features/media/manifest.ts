import { actorLabel, type Actor } from "../../lib/actor.ts";
import { addGenerated, ASSET_MANIFEST, assetWarning, type Asset } from "../../lib/assets.ts";
import type { Generated } from "../../lib/generated.ts";
import type { Transaction } from "../../store/store.ts";

/** Longest name that a prompt gives, words and code points. */
const NAME_WORDS = 8;
const NAME_POINTS = 60;

/** A generated file as it enters the manifest. */
export interface MadeFile {
  type: "image" | "video";
  name: string;
  mime: string;
  /** Relative to the project. */
  path: string;
  altText: string | undefined;
  generated: Generated;
}

/** Throws while the manifest cannot be read: nothing is paid for that could not be recorded. */
export async function assertManifest(tx: Transaction): Promise<void> {
  await tx.documents.read(ASSET_MANIFEST);
}

/** Writes the manifest's row of a file that is complete on disk. */
export async function record(
  tx: Transaction,
  actor: Actor,
  { type, name, mime, path, altText, generated }: MadeFile,
): Promise<{ asset: Asset; warnings: string[] }> {
  const { manifest, asset } = addGenerated(
    await tx.documents.read(ASSET_MANIFEST),
    { type, name, format: mime, path, generated, ...(altText === undefined ? {} : { alt_text: altText }) },
    { at: tx.now, by: actorLabel(actor) },
  );
  await tx.documents.write(ASSET_MANIFEST, manifest, { reason: `generated ${asset.id}` });
  const warning = assetWarning(asset);
  const next = `ohmymkt_asset_manifest {action: "update", id: "${asset.id}", alt_text: "…"} adds it`;
  return { asset, warnings: warning === undefined ? [] : [`${warning}; ${next}`] };
}

/** A name for a file that nobody named: the first words of what was asked for. */
export function nameFrom(prompt: string): string {
  const words =
    prompt
      .normalize("NFC")
      .match(/[\p{L}\p{M}\p{N}]+/gu)
      ?.slice(0, NAME_WORDS) ?? [];
  return [...words.join(" ")].slice(0, NAME_POINTS).join("").trim() || "untitled";
}
