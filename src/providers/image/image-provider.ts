import type { MediaType } from "../../lib/media-type.ts";
import type { Money } from "../../lib/plans.ts";
import type { Access, ProviderSpec } from "../provider.ts";

export interface ImageRequest {
  prompt: string;
  model: string;
  /** "1024x1024" or an aspect such as "16:9", never both. */
  size?: string | undefined;
  aspect?: string | undefined;
}

export interface GeneratedMedia {
  bytes: Uint8Array;
  /** As the bytes themselves say, not as the server does. */
  mime: MediaType["mime"];
  /** Pixels. */
  width?: number;
  height?: number;
  /** Of films. */
  seconds?: number;
  warnings: string[];
}

/** A service that draws images; one file, one line in the registry. */
export interface ImageProvider<Options = unknown> {
  spec: ProviderSpec<Options>;
  /** The model of the settings, or the usual one. */
  model(options: Options): string;
  /** What one image costs by the list price; undefined when it is not known. `options.price` of the setting goes before it. */
  price(request: Pick<ImageRequest, "model" | "size" | "aspect">, options: Options): Money | undefined;
  /** The cheapest authenticated call; costs nothing. */
  check(access: Access<Options>): Promise<{ account: string }>;
  /** Throws `uncertain` once the work was accepted, because it may be charged, whatever follows. */
  generate(request: ImageRequest, access: Access<Options>): Promise<GeneratedMedia>;
}
