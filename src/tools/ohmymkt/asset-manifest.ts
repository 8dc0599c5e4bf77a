import { z } from "zod";
import { actorLabel } from "../../lib/actor.ts";
import {
  addAsset,
  ASSET_MANIFEST,
  ASSET_STATUSES,
  AssetInput,
  assetLine,
  assetWarning,
  filterAssets,
  updateAsset,
  type Asset,
  type AssetChange,
} from "../../lib/assets.ts";
import { fitLines, UNCONFIRMED } from "../../lib/research.ts";
import { defineTool } from "./define.ts";

const PATH = `.ohmymkt/${ASSET_MANIFEST.path}`;

type ManifestResult =
  | { action: "add" | "update"; path: string; outcome: AssetChange["outcome"]; asset: Asset; warnings: string[] }
  | { action: "read"; path: string; total: number; assets: Asset[]; warnings: string[]; confirmed: boolean };

export const assetManifest = defineTool({
  name: "ohmymkt_asset_manifest",
  summary: "Marketing assets: planned, in_progress, done, blocked.",
  args: { action: z.enum(["add", "update", "read"]), id: z.string().optional(), ...AssetInput.shape },
  async run({ action, ...stated }, context): Promise<ManifestResult> {
    return context.transact(async (tx) => {
      const found = await tx.documents.revision(ASSET_MANIFEST);
      if (action === "read") {
        const all = found?.value.assets ?? [];
        const assets = filterAssets(all, stated);
        return {
          action,
          path: PATH,
          total: all.length,
          assets,
          warnings: warningsOf(assets),
          confirmed: found === undefined || found.origin === "ours",
        };
      }
      const write = { at: tx.now, by: actorLabel(context.actor) };
      const { manifest, asset, outcome } =
        action === "add" ? addAsset(found?.value, stated, write) : updateAsset(found?.value, stated, write);
      if (outcome !== "unchanged")
        await tx.documents.write(ASSET_MANIFEST, manifest, { reason: `${outcome} ${asset.id}` });
      return { action, path: PATH, outcome, asset, warnings: warningsOf([asset]) };
    });
  },
  render(result) {
    const warnings = result.warnings.map((warning) => `Warning: ${warning}`);
    if (result.action !== "read")
      return fitLines([`${OUTCOMES[result.outcome]}:`, assetLine(result.asset), ...warnings], result.path);
    const head = `${result.assets.length} of ${result.total} assets (${tally(result.assets) || "none"})`;
    return fitLines(
      [head, ...result.assets.map(assetLine), ...warnings, ...(result.confirmed ? [] : [UNCONFIRMED])],
      `${result.path}, or read by status, type or name`,
    );
  },
});

const OUTCOMES = { added: "Added", updated: "Updated", unchanged: "Already so, nothing changed" } as const;

function warningsOf(assets: readonly Asset[]): string[] {
  return assets.map(assetWarning).filter((warning) => warning !== undefined);
}

function tally(assets: readonly Asset[]): string {
  const counts = ASSET_STATUSES.map((status) => ({
    status,
    count: assets.filter((asset) => asset.status === status).length,
  }));
  return counts
    .filter(({ count }) => count > 0)
    .map(({ status, count }) => `${count} ${status}`)
    .join(", ");
}
