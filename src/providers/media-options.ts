import { z } from "zod";
import { Money } from "../lib/plans.ts";

/** A model as providers name them; it becomes part of an address. */
const ModelName = z
  .string()
  .max(200)
  .regex(
    /^[A-Za-z0-9][A-Za-z0-9._-]*(?:[/:][A-Za-z0-9][A-Za-z0-9._-]*)*$/,
    "expected a model id such as gpt-image-1.5",
  );

/** What every generator's setting may state. `price` is what an image or a second of video costs, before the list price. */
export const MEDIA_OPTIONS = { model: ModelName.optional(), price: Money.optional() };
export const MediaOptions = z.strictObject(MEDIA_OPTIONS);
export type MediaOptions = z.infer<typeof MediaOptions>;
