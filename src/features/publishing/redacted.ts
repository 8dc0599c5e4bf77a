import { Receipt } from "../../lib/outbox.ts";
import { secretValues } from "../../providers/access.ts";
import { redactSecrets } from "../../providers/redaction.ts";
import type { Place } from "./channel.ts";
import type { PublishDesk } from "./desk.ts";

/** Shorter values, such as the name of a mailbox, occur in addresses and ids by chance; messages of the network are freed of them already. */
const SHORTEST = 12;

/** A text without any key of the platform: what a server or a library says may repeat one. */
export function withoutSecrets({ world }: PublishDesk, { adapter }: Pick<Place, "adapter">, text: string): string {
  const secrets = secretValues(adapter.spec, world).filter((one) => one.trim().length >= SHORTEST);
  return secrets.length === 0 ? text : redactSecrets(text, secrets);
}

/** A receipt without any key of the platform. */
export function safeReceipt(desk: PublishDesk, place: Pick<Place, "adapter">, receipt: Receipt): Receipt {
  return Receipt.parse(mapTexts(receipt, (text) => withoutSecrets(desk, place, text)));
}

function mapTexts(value: unknown, change: (text: string) => string): unknown {
  if (typeof value === "string") return change(value);
  if (Array.isArray(value)) return value.map((one) => mapTexts(one, change));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, mapTexts(member, change)]));
}
