import { OhmymktError } from "../../errors.ts";
import { ASSET_MANIFEST } from "../../lib/assets.ts";
import { hashValue, sha256 } from "../../lib/canonical.ts";
import type { JsonObject } from "../../lib/json.ts";
import { ASPECTS, type Aspect } from "../../providers/video-template/aspects.ts";
import { VIDEO_TEMPLATE_PROVIDERS } from "../../providers/video-template/registry.ts";
import type {
  RenderedVideo,
  VideoTemplateProvider,
  Workplace,
} from "../../providers/video-template/video-template-provider.ts";
import { providerError } from "../provider-settings/provider-error.ts";
import { resolveSetting, type ResolvedSetting } from "../provider-settings/settings.ts";
import type { MediaContext } from "./context.ts";
import type { GeneratedFile } from "./generate-image.ts";
import { assertManifest, nameFrom, record } from "./manifest.ts";
import { wholeFile } from "./project-files.ts";

/** Largest picture or font that props may name, bytes. */
const MOST_BYTES = 20 * 1024 * 1024;

/** What a call asks of a template. */
export interface TemplateArgs {
  template_id?: string | undefined;
  props?: JsonObject | undefined;
  aspect?: string | undefined;
  duration_sec?: number | undefined;
  name?: string | undefined;
  alt_text?: string | undefined;
}

interface TemplateContext extends Omit<MediaContext, "spend"> {
  /** The project, absolute. */
  directory: string;
}

/** Makes a video from a template on this machine; it costs nothing. Throws `invalid_arguments` with what a template wants, and `provider` where a program is missing. */
export async function renderTemplateVideo(args: TemplateArgs, context: TemplateContext): Promise<GeneratedFile> {
  const { resolved, drawn } = await context.transact(async (tx) => {
    await assertManifest(tx);
    const assets = (await tx.documents.read(ASSET_MANIFEST))?.assets ?? [];
    const made = assets.flatMap(({ generated }) => (generated?.ai === true ? [generated.hash] : []));
    return { resolved: await resolveSetting(tx, "video_template"), drawn: new Set(made) };
  });
  const provider = await providerOf(resolved);
  const place: Workplace = {
    directory: context.directory,
    projectPath: resolved.setting.project_path,
    env: context.world.env,
  };
  const request = {
    template: args.template_id ?? (await refuseWithout(resolved, provider, place, context.signal)),
    props: args.props ?? {},
    aspect: aspectOf(args.aspect),
    ...(args.duration_sec === undefined ? {} : { durationSec: args.duration_sec }),
  };
  const files = new Map<string, Uint8Array>();
  for (const path of provider.files(request)) files.set(path, (await wholeFile(context.store, path, MOST_BYTES)).bytes);
  const name = args.name ?? nameFrom(title(request.props) ?? request.template);

  let film: RenderedVideo | undefined;
  const saved = await context.store
    .saveMedia("videos", name, "mp4", async (output) => {
      film = await provider.render({ ...request, files, output, signal: context.signal }, place);
    })
    .catch((error: unknown) => {
      throw error instanceof OhmymktError ? error : failed(resolved, error);
    });
  if (!film) throw new OhmymktError("internal", "the film was kept without having been rendered");
  const { width, height, durationSec, warnings } = film;
  const generated = {
    hash: saved.hash,
    size: saved.size,
    width,
    height,
    duration_sec: durationSec,
    provider: provider.id,
    model: request.template,
    prompt_hash: hashValue(request),
    warnings,
    // A picture that a model drew stays one inside of a film.
    ai: [...files.values()].some((bytes) => drawn.has(sha256(bytes))),
  };
  const file = { type: "video" as const, name, mime: "video/mp4", path: saved.path, altText: args.alt_text, generated };
  const done = await context.transact((tx) => record(tx, context.actor, file));
  return {
    asset: done.asset,
    path: saved.path,
    size: saved.size,
    mime: "video/mp4",
    warnings: [...warnings, ...done.warnings],
    lost: [],
  };
}

async function providerOf({ spec }: ResolvedSetting): Promise<VideoTemplateProvider> {
  const loaders: Readonly<Record<string, () => Promise<VideoTemplateProvider>>> = VIDEO_TEMPLATE_PROVIDERS;
  const provider = await loaders[spec.id]?.();
  if (!provider) throw new OhmymktError("internal", `there is no template provider ${spec.id}`);
  return provider;
}

/** The refusal of a call without a template tells what there is, which costs a model less than a schema that always does. */
async function refuseWithout(
  resolved: ResolvedSetting,
  provider: VideoTemplateProvider,
  place: Workplace,
  signal: AbortSignal,
): Promise<never> {
  const templates = await provider.templates(place, signal).catch((error: unknown) => {
    throw error instanceof OhmymktError ? error : failed(resolved, error);
  });
  const lines = templates.map(
    ({ id, summary, example }) => `${id}: ${summary} Props such as ${JSON.stringify(example ?? {})}`,
  );
  throw new OhmymktError("invalid_arguments", `expected a template_id, got none\n${lines.join("\n")}`, {
    hint: `ohmymkt_generate_video {type: "template", template_id: "${templates[0]?.id ?? "…"}", props: {…}}`,
  });
}

function failed({ spec }: ResolvedSetting, error: unknown): OhmymktError {
  return providerError(error, { category: "video_template", spec });
}

function aspectOf(aspect: string | undefined): Aspect {
  const wanted = aspect ?? "16:9";
  if (isAspect(wanted)) return wanted;
  throw new OhmymktError("invalid_arguments", `expected aspect ${Object.keys(ASPECTS).join(", ")}, got ${wanted}`, {
    hint: "templates have these shapes only",
  });
}

function isAspect(text: string): text is Aspect {
  return Object.hasOwn(ASPECTS, text);
}

/** What the film says first, for its name. */
function title(props: JsonObject): string | undefined {
  const found = props["title"] ?? props["headline"] ?? props["quote"];
  return typeof found === "string" ? found : undefined;
}
