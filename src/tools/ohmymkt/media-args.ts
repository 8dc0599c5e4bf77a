import { z } from "zod";
import type { GeneratedFile } from "../../features/media/generate-image.ts";
import { ResearchName, ResearchText } from "../../lib/research.ts";
import { moneyText } from "../../lib/spend.ts";
import type { Attachment, RunContext } from "./define.ts";

export const PROMPT = z.string().trim().min(1).max(4000);
export const NAME = ResearchName.max(120);
export const ALT_TEXT = ResearchText.max(1000);

/** Sides up to 4096 pixels. */
export const SIZE = z
  .string()
  .regex(/^[1-9]\d{1,3}x[1-9]\d{1,3}$/, 'expected a size such as "1024x1024"')
  .refine((size) => size.split("x").every((side) => Number(side) <= 4096), "expected sides of at most 4096 pixels");
export const ASPECT = z.string().regex(/^[1-9]\d?:[1-9]\d?$/, 'expected an aspect such as "16:9"');

/** Largest picture that comes with an answer, bytes; larger ones stay in their file. Models draw PNGs of 1 to 3 MB, and models that look take 5 MB of base64. */
const MOST_ATTACHED = 3_750_000;

/** The picture itself, where it is small enough to be sent through a model's request. */
export async function attachFile(
  { path, mime, size }: Pick<GeneratedFile, "path" | "mime" | "size">,
  { store }: Pick<RunContext, "store">,
): Promise<readonly Attachment[]> {
  if (size > MOST_ATTACHED || !mime.startsWith("image/")) return [];
  const file = await store.file(path);
  const pieces: Uint8Array[] = [];
  for await (const piece of file.bytes()) pieces.push(piece);
  return [{ filename: file.name, mime, bytes: Buffer.concat(pieces) }];
}

/** What was made, what it cost, and what a person should know. */
export function renderFile(file: GeneratedFile): string {
  const { asset, path, mime, size, paid, warnings, lost } = file;
  const { width, height, duration_sec, provider, model, ai } = asset.generated ?? {};
  const shape = [
    width && height ? `${width}x${height}` : "",
    duration_sec ? `${duration_sec} s` : "",
    mime,
    bytesText(size),
  ];
  return [
    `${asset.type === "image" ? "Image" : "Video"}: ${path} (${shape.filter(Boolean).join(", ")}), asset ${asset.id}`,
    `By ${provider} ${model}${paid ? ` for about ${moneyText(paid.estimate)} (${paid.id}); ${moneyText(paid.left)} left of the plan ${paid.plan}` : ""}.`,
    ai === true ? "It is AI-generated; say so where it is published." : "",
    mime.startsWith("image/") && size > MOST_ATTACHED ? "It is too large to be shown here; open the file." : "",
    ...warnings.map((warning) => `Warning: ${warning}`),
    lostLine(lost),
  ]
    .filter(Boolean)
    .join("\n");
}

/** What is said of earlier calls whose process died; empty where there are none. */
export function lostLine(lost: readonly string[]): string {
  if (lost.length === 0) return "";
  return `Earlier calls ended without an answer and count as spent: ${lost.join(", ")}. A person resolves them: \`ohmymkt spend\``;
}

function bytesText(bytes: number): string {
  return bytes < 100_000 ? `${Math.ceil(bytes / 1000)} kB` : `${(bytes / 1_000_000).toFixed(1)} MB`;
}
