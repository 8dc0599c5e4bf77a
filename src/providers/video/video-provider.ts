import type { JsonObject } from "../../lib/json.ts";
import type { Money } from "../../lib/plans.ts";
import type { GeneratedMedia } from "../image/image-provider.ts";
import type { Access, ProviderSpec } from "../provider.ts";

export interface VideoRequest {
  prompt: string;
  model: string;
  /** Seconds. */
  duration: number;
  aspect?: string | undefined;
  /** First frame. */
  image?: { bytes: Uint8Array; mime: string } | undefined;
}

/** How work that was started stands. `failed` is final, and says why. */
export type VideoState =
  | { state: "working" }
  | { state: "failed"; reason: string }
  | ({ state: "done" } & GeneratedMedia);

/** A service that makes videos in work that outlives the call; one file, one line in the registry. */
export interface VideoProvider<Options = unknown> {
  spec: ProviderSpec<Options>;
  /** The model of the settings, or the usual one; where a first frame is given, one that looks at it. */
  model(options: Options, hasFrame?: boolean): string;
  /** Seconds of a video of this model where nobody states them. */
  usualDuration(model: string): number;
  /** What it costs by the list price; undefined when it is not known. `options.price` of the setting, a second, goes before it. */
  price(request: Pick<VideoRequest, "model" | "duration">, options: Options): Money | undefined;
  /** The cheapest authenticated call; costs nothing. */
  check(access: Access<Options>): Promise<{ account: string }>;
  /** Starts the paid work; the operation is all that is needed to ask for it, also from another process, and holds no key. Throws `uncertain` when it may have started. */
  start(request: VideoRequest, access: Access<Options>): Promise<JsonObject>;
  /** Asks once, and fetches the file when it is there. */
  ask(operation: JsonObject, model: string, access: Access<Options>): Promise<VideoState>;
}
