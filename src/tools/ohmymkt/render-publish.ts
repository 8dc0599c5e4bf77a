import type { Sending } from "../../features/publishing/desk.ts";
import type { OutboxItem, OutboxState, Receipt } from "../../lib/outbox.ts";
import { oneLine } from "../../lib/research.ts";
import { visibleText } from "../../lib/visible-text.ts";
import { atMost } from "./render.ts";

/** What a publish call comes to: a preview (with the id that names exactly its rows, where there is one), the deliveries it touched, or a list. */
export type PublishResult =
  | { action: "preview"; items: OutboxItem[]; id: string | undefined }
  | { action: "publish" | "retract" | "cancel" | "resolve"; deliveries: Sending[] }
  | { action: "status"; deliveries: Sending[]; counts?: Record<string, number> };

/** Payloads that are shown whole, and characters of one text. */
const WHOLE = 2;
const TEXT = 10_000;
const SHOWN = 20;

/** The answer of a publish call for a model or a person. */
export function renderPublish(result: PublishResult): string {
  if (result.action === "preview") return preview(result.items, result.id);
  const { deliveries } = result;
  const lines = atMost(
    SHOWN,
    openFirst(deliveries).map(deliveryLine),
    'ask with ohmymkt_publish {action: "status", id}',
  );
  if (result.action !== "status")
    return [deliveries.length > 1 ? sumOf(deliveries) : "", ...lines].filter(Boolean).join("\n") || "Nothing to do.";
  const counts = Object.entries(result.counts ?? {}).map(([state, count]) => `${count} ${state}`);
  const head = counts.length > 0 ? `Outbox: ${counts.join(", ")}.` : deliveries.length > 1 ? sumOf(deliveries) : "";
  return [head, ...lines].filter(Boolean).join("\n") || "The outbox is empty.";
}

/** The last of many to be shown: what is where it was to be, and before it what only waits for its turn. */
const LAST: readonly OutboxState[] = ["approved", "scheduled", "retracted", "sent"];

/** Of many deliveries those that wait for a person or an answer stand first. */
function openFirst(deliveries: readonly Sending[]): readonly Sending[] {
  if (deliveries.length <= SHOWN) return deliveries;
  return deliveries.toSorted((a, b) => LAST.indexOf(a.item.state) - LAST.indexOf(b.item.state));
}

/** How many deliveries are in which state. */
function sumOf(deliveries: readonly Sending[]): string {
  const counts = new Map<string, number>();
  for (const { item } of deliveries) counts.set(item.state, (counts.get(item.state) ?? 0) + 1);
  return `${deliveries.length} deliveries: ${[...counts].map(([state, count]) => `${count} ${state}`).join(", ")}.`;
}

function preview(items: readonly OutboxItem[], id: string | undefined): string {
  const shown = items.slice(0, WHOLE).map(whole);
  const others = items.slice(WHOLE);
  const next =
    id === undefined
      ? 'Next: the same call with action: "publish" instead of "preview" asks a person and sends exactly this.'
      : `Next: ohmymkt_publish {action: "publish", id: "${id}"} asks a person and sends exactly this.`;
  const rest = others.length > 0 ? [`… and ${others.length} more, ${sumOf(others.map((item) => ({ item })))}`] : [];
  return [...shown, ...rest, next].join("\n\n");
}

function whole(item: OutboxItem): string {
  const { payload, warnings, not_before } = item;
  const at = payload.at ?? not_before;
  const cut = payload.text.length > TEXT ? `… (${payload.text.length} characters in all)` : "";
  const text = `${visibleText(payload.text.slice(0, TEXT))}${cut}`;
  return [
    `${item.id}: ${item.platform} as ${line(item.account)}, ${item.state}${at ? `, at ${at}` : ""}${payload.to ? `, to ${line(payload.to)}` : ""}`,
    item.class === "notice" ? "Corrective notice: no gate, pause or P0 stops it" : "",
    payload.title ? `Title: ${line(payload.title)}` : "",
    text,
    payload.html ? `(sent as HTML, ${payload.html.length} characters, made from this text)` : "",
    ...payload.media.map(
      ({ path, mime, size, alt }) =>
        `Media: ${line(path)} (${mime}, ${size} bytes), alt: ${alt === undefined ? "none" : line(alt, 1500)}`,
    ),
    ...Object.entries(payload.wire).map(([name, value]) => `${name}: ${line(JSON.stringify(value), 500)}`),
    ...warnings.map((warning) => `Warning: ${line(warning)}`),
    `Hash: ${item.payload_hash}`,
  ]
    .filter(Boolean)
    .join("\n");
}

/** Words of others on one line, without anything that hides or turns them. */
function line(text: string, limit = 600): string {
  return oneLine(visibleText(text.slice(0, limit * 4)), limit);
}

function deliveryLine({ item, why }: Sending): string {
  const { id, state, platform, account, payload, receipt } = item;
  const where = `${platform} as ${account}${payload.to ? ` to ${payload.to}` : ""}`;
  const facts = [
    receipt?.url,
    receipt ? `remote id ${receipt.remote_id}` : undefined,
    receipt?.draft ? "a draft there, for a person to publish" : undefined,
    receipt?.scheduled_for ? `appears ${receipt.scheduled_for}` : undefined,
    state === "sent" ? proofOf(receipt) : undefined,
    state === "scheduled" && !receipt ? `goes out ${item.not_before}` : undefined,
    why,
  ].flatMap((fact) => (fact ? [line(fact)] : []));
  return `- ${id} ${state}: ${line(where)}${facts.length > 0 ? `; ${facts.join("; ")}` : ""}`;
}

/** What a delivery counts as sent by. */
function proofOf(receipt: Receipt | undefined): string {
  if (!receipt) return "by a person's word";
  return receipt.remote_hash ? `read back, hash ${receipt.remote_hash.slice(0, 12)}` : "accepted, not read back";
}
