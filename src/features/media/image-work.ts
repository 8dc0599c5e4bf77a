import { OhmymktError } from "../../errors.ts";
import { MEDIA_LIMITS } from "../../providers/checked-media.ts";
import { openAccess } from "../../providers/access.ts";
import type { ImageProvider, ImageRequest } from "../../providers/image/image-provider.ts";
import { IMAGE_PROVIDERS } from "../../providers/image/registry.ts";
import type { Access, ProviderSpec } from "../../providers/provider.ts";
import type { World } from "../../providers/world.ts";
import type { Transaction } from "../../store/store.ts";
import { providerError } from "../provider-settings/provider-error.ts";
import { resolveSetting, type ResolvedSetting } from "../provider-settings/settings.ts";
import type { PaidWork } from "./spend.ts";
import { assertNotSkipped } from "./trouble.ts";

/** What a call asks of an image. */
export interface ImageArgs {
  prompt: string;
  style?: string | undefined;
  aspect?: string | undefined;
  size?: string | undefined;
  negative_prompt?: string | undefined;
  name?: string | undefined;
  alt_text?: string | undefined;
}

export interface ImageWork extends PaidWork {
  provider: ImageProvider;
  asked: ImageRequest;
  open(signal: AbortSignal): Access;
}

/** What would be asked of the provider in use, and what that costs; asks nothing of anybody. Throws `provider` with the call that mends a setting. */
export async function imageWork(tx: Transaction, args: ImageArgs, world: World): Promise<ImageWork> {
  const resolved = await resolveSetting(tx, "image");
  const { spec } = resolved;
  await assertNotSkipped(tx, "image", spec);
  const provider = await IMAGE_PROVIDERS[spec.id]?.();
  if (!provider) throw new OhmymktError("internal", `there is no image provider ${spec.id}`);
  const open = (signal: AbortSignal): Access => access(resolved, world, signal, MEDIA_LIMITS.image);
  // A person is not asked about what could not be done.
  const { options } = ready("image", spec, () => open(new AbortController().signal));
  const model = provider.model(options);
  const asked: ImageRequest = { prompt: wholePrompt(args), model, size: args.size, aspect: args.aspect };
  const { size, aspect } = asked;
  const shape = { ...(size === undefined ? {} : { size }), ...(aspect === undefined ? {} : { aspect }) };
  return {
    category: "image",
    resolved,
    provider,
    asked,
    open,
    model,
    request: { prompt: asked.prompt, model, ...shape, ...named(args) },
    listPrice: provider.price(asked, options),
    units: 1,
    prompt: args.prompt,
  };
}

/** Opens a provider's way out under its setting. */
export function access(
  { spec, setting }: ResolvedSetting,
  world: World,
  signal: AbortSignal,
  limits: { timeoutMs: number; maxBytes: number },
): Access {
  return openAccess(spec, setting, world, signal, limits);
}

/** The opened provider with every secret that it cannot do without; throws `provider`. */
export function ready(category: "image" | "video", spec: ProviderSpec, open: () => Access): Access {
  try {
    const opened = open();
    for (const { use, optional } of spec.secrets) if (optional !== true) opened.secret(use);
    return opened;
  } catch (error) {
    throw providerError(error, { category, spec });
  }
}

/** Members that name the asset, without those that are absent. */
function named({ name, alt_text }: ImageArgs): { name?: string; alt_text?: string } {
  return { ...(name === undefined ? {} : { name }), ...(alt_text === undefined ? {} : { alt_text }) };
}

function wholePrompt({ prompt, style, negative_prompt }: ImageArgs): string {
  return [prompt, style && `Style: ${style}`, negative_prompt && `Avoid: ${negative_prompt}`]
    .filter((part) => part !== undefined && part !== "")
    .join("\n");
}
