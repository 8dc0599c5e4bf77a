import { z } from "zod";
import type { JsonObject } from "../../lib/json.ts";
import type { Receipt } from "../../lib/outbox.ts";
import { ProviderFailure } from "../failure.ts";
import type { Delivery, SendTools } from "./adapter.ts";

/** How far the platform's clock may be behind ours, in milliseconds. */
export const SKEW_MS = 60_000;

const Asked = z.looseObject({ asked_at: z.number() });
const Recalled = z.looseObject({ recalled_at: z.number() });

/** What remains of the progress of a delivery that was taken from its platform before its time; `now` is epoch ms. */
export function recalled(now: number): JsonObject {
  return { recalled_at: now };
}

/** The key by which a platform drops a repetition; another one after a recall, because the old one stands for what was taken back. */
export function idempotencyKey({ key, progress }: Pick<Delivery, "key" | "progress">): string {
  const parsed = Recalled.safeParse(progress);
  return parsed.success ? `${key}-${parsed.data.recalled_at}` : key;
}

/** When a request that may have published this first left, epoch ms; undefined where nothing can have happened. */
export function askedAt({ progress }: Delivery): number | undefined {
  const parsed = Asked.safeParse(progress);
  return parsed.success ? parsed.data.asked_at : undefined;
}

/** The time from which on a post may be this delivery, epoch ms. */
export function possibleSince(delivery: Delivery): number {
  return (askedAt(delivery) ?? delivery.createdAt) - SKEW_MS;
}

/** Publishes, and looks first where an earlier attempt may have got through: that one is noted down durably before its request leaves, and the note taken back once it is sure that nothing was done. Where a look cannot tell (`uncertain`), being asked to send again has to do: the outbox asks only after a look-up of its own or a person's word. */
export async function publishOnce(
  delivery: Delivery,
  { note }: SendTools,
  steps: { now(): number; find(): Promise<Receipt | undefined>; publish(): Promise<Receipt> },
): Promise<Receipt> {
  const earlier = askedAt(delivery);
  if (earlier !== undefined) {
    const found = await steps.find().catch(passOver);
    if (found) return found;
  }
  const { asked_at: _, ...rest } = delivery.progress ?? {};
  await note({ ...rest, asked_at: earlier ?? steps.now() });
  try {
    return await steps.publish();
  } catch (error) {
    if (earlier === undefined && error instanceof ProviderFailure && error.kind !== "uncertain") await note(rest);
    throw error;
  }
}

function passOver(error: unknown): undefined {
  if (error instanceof ProviderFailure && error.kind === "uncertain") return undefined;
  throw error;
}
