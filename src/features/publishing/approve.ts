import { OhmymktError } from "../../errors.ts";
import { hashValue } from "../../lib/canonical.ts";
import { isOnPlatform, type OutboxItem, type OutboxState } from "../../lib/outbox.ts";
import { oneLine } from "../../lib/research.ts";
import { visibleText } from "../../lib/visible-text.ts";
import type { Transaction } from "../../store/store.ts";
import { publishObstacles } from "./obstacles.ts";
import { skippedPlatform } from "./trouble.ts";

/** States from which a person's yes makes a row ready. */
const APPROVABLE: ReadonlySet<OutboxState> = new Set(["draft", "held", "quota_paused"]);

/** Characters of a question's parts: a host shows about 1,000 of the whole, and cuts its end. */
const SHOWN = { account: 100, to: 80, media: 120, passes: 150, text: 400, warnings: 250 } as const;

export function isApprovable({ state }: Pick<OutboxItem, "state">): boolean {
  return APPROVABLE.has(state);
}

/** What a person approves: exactly these payloads, to these accounts, at these times, under these settings, and as they stand: a yes from before a hold says nothing about what is held. */
export function publishSubject(items: readonly OutboxItem[]): unknown {
  return items.map(
    ({ id, state, platform, account, class: kind, payload_hash, not_before, setting_hash, updated_at }) => ({
      id,
      state,
      since: updated_at,
      platform,
      account,
      class: kind,
      payload_hash,
      not_before: not_before ?? null,
      setting_hash,
    }),
  );
}

/** The question in one line, the most important first: where, past which rules, when, to whom, with which files, the text itself with its length, the hash, and what to beware of. */
export function publishQuestion(
  items: readonly OutboxItem[],
  now: string,
  { passes = [], repeats = [] }: { passes?: readonly string[]; repeats?: readonly string[] } = {},
): string {
  const [first] = items;
  if (!first) return "nothing";
  const { platform, account, payload, not_before } = first;
  const parts = [
    `${first.class === "notice" ? "corrective notice on " : ""}${platform} as ${shown(account, SHOWN.account)}`,
    passes.length > 0 ? `although ${shown(passes.join(", "), SHOWN.passes)}` : "",
    timeOf(payload.at ?? not_before, now),
    payload.to ? recipients(items, shown(payload.to, SHOWN.to)) : "",
    payload.media.length > 0 ? `with ${shown(payload.media.map(({ path }) => path).join(", "), SHOWN.media)}` : "",
  ];
  const warnings = [...new Set([...repeats, ...items.flatMap((item) => item.warnings)])];
  const beware = warnings.length > 0 ? `; beware: ${shown(warnings.join("; "), SHOWN.warnings)}` : "";
  return `${parts.filter(Boolean).join(", ")}: ${quoted(items)} [${hashOf(items)}]${beware}`;
}

function timeOf(at: string | undefined, now: string): string {
  if (at === undefined) return "now";
  return at > now ? `at ${at}` : `now (it was meant for ${at})`;
}

function recipients(items: readonly OutboxItem[], first: string): string {
  return items.length === 1 ? `to ${first}` : `to ${items.length} recipients, the first ${first}`;
}

/** The words, in quotes that they cannot end; what is left out is counted. */
function quoted(items: readonly OutboxItem[]): string {
  const texts = [...new Set(items.map(({ payload: { title, text } }) => `${title ? `${title} / ` : ""}${text}`))];
  const [text = ""] = texts;
  const { length } = [...text];
  return [
    JSON.stringify(shown(marked(text.slice(0, SHOWN.text * 4)), SHOWN.text)),
    ...(length > SHOWN.text ? [`(the beginning of ${length} characters; preview shows all)`] : []),
    ...(texts.length > 1 ? [`(the first of ${texts.length} different texts)`] : []),
  ].join(" ");
}

/** Line breaks as a mark, so that a question of one line still shows them. */
function marked(text: string): string {
  return text.trim().replaceAll(/\s*\n\s*/g, " ⏎ ");
}

function hashOf(items: readonly OutboxItem[]): string {
  const hashes = items.map(({ payload_hash }) => payload_hash);
  return (hashes.length === 1 ? (hashes[0] ?? "") : hashValue(hashes)).slice(0, 12);
}

function shown(text: string, limit: number): string {
  return oneLine(visibleText(text.slice(0, limit * 4)), limit);
}

/** Throws `not_allowed` with every reason while the rules forbid publishing these, `stale` for what a platform still keeps. */
export async function assertPublishable(tx: Transaction, items: readonly OutboxItem[]): Promise<void> {
  const kept = items.find(isOnPlatform);
  if (kept)
    throw new OhmymktError("stale", `${kept.id} is held here, and ${kept.platform} still keeps it for its time`, {
      hint: 'ohmymkt_publish {action: "status"} takes it from there; then repeat the call',
    });
  const reasons = new Set<string>();
  const kinds = new Map(items.map((item) => [`${item.platform} ${item.class}`, item]));
  for (const item of kinds.values()) {
    for (const reason of await publishObstacles(tx, item)) reasons.add(reason);
    const skipped = await skippedPlatform(tx, item.platform);
    if (skipped) reasons.add(skipped);
  }
  if (reasons.size > 0)
    throw new OhmymktError("not_allowed", `nothing may be published now: ${[...reasons].join("; ")}`, {
      hint: "remedy these, then repeat the call; the draft is kept",
    });
}

/** Makes rows ready on a spent approval; those with a time of their own wait for it. */
export async function markApproved(
  tx: Transaction,
  items: readonly OutboxItem[],
  approval: string,
): Promise<OutboxItem[]> {
  const ready: OutboxItem[] = [];
  for (const { id } of items) {
    const item = await tx.outbox.transition(
      id,
      "approved",
      { approval, problem: null, attempts: 0 },
      { evidence: { approval } },
    );
    const waits = item.not_before !== undefined && item.not_before > tx.now;
    ready.push(waits ? await tx.outbox.transition(id, "scheduled") : item);
  }
  return ready;
}
