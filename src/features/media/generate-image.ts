import type { Asset } from "../../lib/assets.ts";
import { sha256 } from "../../lib/canonical.ts";
import { extensionOf } from "../../lib/media-type.ts";
import type { PaidCall } from "../../lib/paid-calls.ts";
import type { Money } from "../../lib/plans.ts";
import type { GeneratedMedia } from "../../providers/image/image-provider.ts";
import type { SavedMedia } from "../../store/store.ts";
import { providerWorked } from "../provider-settings/runbook.ts";
import type { MediaContext } from "./context.ts";
import { imageWork, type ImageArgs } from "./image-work.ts";
import { assertManifest, nameFrom, record } from "./manifest.ts";
import { settleFailure } from "./paid-failure.ts";
import { reserve } from "./spend.ts";
import { channelOf } from "./trouble.ts";

/** A file that was generated and recorded. */
export interface GeneratedFile {
  asset: Asset;
  /** Relative to the project. */
  path: string;
  mime: string;
  /** Bytes. */
  size: number;
  warnings: string[];
  paid?: { id: string; estimate: Money; plan: string; left: Money };
  /** Ids of earlier calls that ended without an answer and count as spent. */
  lost: string[];
}

/** Draws one image: its estimate is reserved before anything is asked, the file is whole before the manifest says done. Throws what `reserve` throws, and `provider`. */
export async function generateImage(args: ImageArgs, context: MediaContext): Promise<GeneratedFile> {
  const { work, call, quote, lost } = await context.transact(async (tx) => {
    await assertManifest(tx);
    const found = await imageWork(tx, args, context.world);
    return { work: found, ...(await reserve(tx, found, context)) };
  });
  const { spec } = work.resolved;
  let media: GeneratedMedia;
  try {
    media = await work.provider.generate(work.asked, work.open(context.signal));
  } catch (error) {
    throw await settleFailure(context, call, spec, error);
  }
  const name = args.name ?? nameFrom(args.prompt);
  const saved = await keep(context, call, () =>
    context.store.saveMedia("images", name, extensionOf(media.mime), media.bytes),
  );
  const generated = {
    hash: saved.hash,
    size: saved.size,
    ...(media.width && media.height ? { width: media.width, height: media.height } : {}),
    provider: spec.id,
    model: work.model,
    prompt_hash: sha256(work.asked.prompt),
    warnings: media.warnings,
    estimate: call.estimate,
    paid_call: call.id,
    ai: true,
  };
  const done = await keep(context, call, () =>
    context.transact(async (tx) => {
      await tx.paidCalls.transition(call.id, "done", { file: { path: saved.path, hash: saved.hash } });
      const file = {
        type: "image" as const,
        name,
        mime: media.mime,
        path: saved.path,
        altText: args.alt_text,
        generated,
      };
      await providerWorked(tx, channelOf("image", spec));
      return record(tx, context.actor, file);
    }),
  );
  const left = { currency: call.estimate.currency, amount: Number((quote.left - call.estimate.amount).toFixed(9)) };
  return {
    asset: done.asset,
    ...fileOf(saved),
    mime: media.mime,
    warnings: [...media.warnings, ...done.warnings],
    paid: { id: call.id, estimate: call.estimate, plan: call.plan, left },
    lost: lost.map(({ id }) => id),
  };
}

function fileOf({ path, size }: SavedMedia): { path: string; size: number } {
  return { path, size };
}

/** What was paid for and could not be kept counts as spent. */
async function keep<T>(context: Pick<MediaContext, "transact">, call: PaidCall, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const problem = `it was made, and could not be kept: ${error instanceof Error ? error.message : String(error)}`;
    // The first error is the one to tell of.
    await context.transact((tx) => tx.paidCalls.transition(call.id, "unknown", { problem })).catch(() => undefined);
    throw error;
  }
}
