import { z } from "zod";
import type { JsonObject } from "../../lib/json.ts";
import type { Aspect } from "./aspects.ts";

/** Where templates are rendered: what a provider knows of the project and of this machine. */
export interface Workplace {
  /** Absolute path of the project. */
  directory: string;
  /** Folder of a Remotion project, relative to the project, from the settings. */
  projectPath?: string | undefined;
  /** Names of programs are looked up here, and what programs need of it is passed on; no keys are. */
  env: Readonly<Record<string, string | undefined>>;
}

export type Availability = { ok: true; detail: string } | { ok: false; message: string };

/** What a person or model needs to know to fill a template in. */
export interface TemplateInfo {
  id: string;
  title: string;
  summary: string;
  /** JSON Schema of the props, where it is known. */
  props?: JsonObject;
  example?: JsonObject;
}

export interface TemplateRequest {
  template: string;
  props: JsonObject;
  aspect: Aspect;
  /** Seconds, 1 to 60; the template's usual length when absent. */
  durationSec?: number | undefined;
}

export interface RenderRequest extends TemplateRequest {
  /** Bytes of the project's files that `files` named, by path. */
  files: ReadonlyMap<string, Uint8Array>;
  /** Absolute path of the file to write; nothing is left there when rendering fails. */
  output: string;
  signal: AbortSignal;
  progress?: ((done: number, of: number) => void) | undefined;
}

export const RenderedVideo = z.strictObject({
  width: z.int(),
  height: z.int(),
  durationSec: z.number(),
  frames: z.int(),
  /** What a person should know before the film is shown to anybody. */
  warnings: z.array(z.string()),
});
export type RenderedVideo = z.infer<typeof RenderedVideo>;

/** What makes films from templates and props on this machine; one file, one line in the registry. Films are MP4 (H.264, yuv420p). */
export interface VideoTemplateProvider {
  id: "builtin" | "remotion";
  title: string;
  /** Whether it can render here; the message says what is missing and how to install it. */
  available(place: Workplace): Promise<Availability>;
  templates(place: Workplace, signal: AbortSignal): Promise<TemplateInfo[]>;
  /** Checks template and props without rendering; throws `invalid_arguments`. Gives the paths of the project's files that `render` needs. */
  files(request: TemplateRequest): string[];
  /** Throws `ProviderFailure`, `invalid_arguments`, or the signal's reason; the calling thread stays responsive. */
  render(request: RenderRequest, place: Workplace): Promise<RenderedVideo>;
}
