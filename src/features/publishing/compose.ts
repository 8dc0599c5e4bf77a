import { OhmymktError } from "../../errors.ts";
import { actorLabel } from "../../lib/actor.ts";
import { ASSET_MANIFEST, type Asset } from "../../lib/assets.ts";
import { hashValue } from "../../lib/canonical.ts";
import { bannedTerms, contentWarnings, webAddresses } from "../../lib/content-checks.ts";
import {
  isOnPlatform,
  UNSENT_STATES,
  type ContentClass,
  type NewOutboxItem,
  type OutboxItem,
  type OutboxState,
  type Payload,
} from "../../lib/outbox.ts";
import { knownSecrets } from "../../providers/known-secrets.ts";
import { repeatsSecret } from "../../providers/redaction.ts";
import { checkLinks } from "../../providers/links.ts";
import type { Draft, MediaFile } from "../../providers/publish/adapter.ts";
import type { Transaction } from "../../store/store.ts";
import { readStanding } from "../governance/facts.ts";
import { readAudience } from "./audience.ts";
import { openPlace, type Place } from "./channel.ts";
import { transact, type PublishDesk } from "./desk.ts";
import { mediaFile } from "./media.ts";
import { inPortions } from "./portions.ts";
import { repetitions } from "./repeated.ts";

/** What a call wants published. */
export interface PublishRequest {
  platform: string;
  content?: string | undefined;
  title?: string | undefined;
  asset_id?: string | undefined;
  media?: readonly string[] | undefined;
  /** ISO 8601 instant. */
  at?: string | undefined;
  audience?: string | readonly string[] | undefined;
  class: ContentClass;
}

/** Characters of all payloads of a call: each recipient's is kept whole, as it was approved. */
const MAX_MAILING = 20_000_000;
/** Links that are looked at; a text with more is not slowed down by them. */
const CHECKED_LINKS = 10;
const TEXT_FILES = /\.(?:md|markdown|txt)$/i;
const MAX_TEXT_BYTES = 1_000_000;

/** Renders what each destination will receive and keeps it as drafts; the same content again gives the same rows. Throws `invalid_arguments` when a platform's rules or the project's forbid it. */
export async function compose(desk: PublishDesk, request: PublishRequest, batch: string): Promise<OutboxItem[]> {
  const place = await openPlace(desk, request.platform);
  const { assets, plan, campaign } = await transact(desk, async (tx) => {
    const standing = await readStanding(tx);
    const running = standing.execution.state === "active" ? standing.execution.plan : undefined;
    return {
      assets: (await tx.documents.read(ASSET_MANIFEST))?.assets ?? [],
      plan: standing.plan?.name,
      campaign: running ?? undefined,
    };
  });
  const asset = findAsset(assets, request.asset_id);
  const draft = await draftOf(desk, request, assets, asset);
  const { payloads, warnings, problems } = composed(desk, place, draft);
  if (problems.length > 0)
    throw new OhmymktError("invalid_arguments", `${place.adapter.spec.id}: ${problems.join("; ")}`, {
      hint: "change the content and compose it again; nothing was sent",
    });
  const links = desk.config.publishing.check_links ? webAddresses(draft.text) : [];
  const broken = await checkLinks(links.slice(0, CHECKED_LINKS), desk.world, desk.signal);
  const where = { platform: place.adapter.spec.id, account: place.account };
  const common = {
    batch,
    ...where,
    class: request.class,
    warnings: [
      ...(place.adapter.audience ? [] : await repetitions(desk, where, payloads)),
      ...warnings,
      ...broken.map(({ url, problem }) => `${url.slice(0, 200)} ${problem}`),
      ...(links.length > CHECKED_LINKS
        ? [`only the first ${CHECKED_LINKS} of ${links.length} links were looked at`]
        : []),
    ],
    setting_hash: place.settingHash,
    requested_by: actorLabel(desk.actor),
    ...(plan ? { plan } : {}),
    ...(campaign ? { campaign } : {}),
    ...(asset ? { asset: asset.id } : {}),
  };
  // Where the platform does not hold it until then, or takes it only later, the outbox does.
  const { schedules, holdsForMs = Infinity } = place.adapter;
  const held = (payload: Payload): { not_before?: string } => {
    if (!draft.at) return {};
    if (!schedules || !payload.at) return { not_before: draft.at };
    const takenFrom = Date.parse(draft.at) - holdsForMs;
    return takenFrom > desk.world.now() ? { not_before: new Date(takenFrom).toISOString() } : {};
  };
  return inPortions(desk, payloads, async (tx, portion) => {
    const items: OutboxItem[] = [];
    for (const payload of portion) items.push(await addDraft(tx, { ...common, payload, ...held(payload) }));
    return items;
  });
}

/** States of rows that are not public and never will be, so that the same content may be proposed anew. */
const OVER: ReadonlySet<OutboxState> = new Set(["cancelled", "rejected", "retracted"]);

/** States of rows that go out by themselves; looking at a draft does not undo them. */
const PROMISED: ReadonlySet<OutboxState> = new Set(["approved", "scheduled", "retryable"]);

async function addDraft(tx: Transaction, item: NewOutboxItem): Promise<OutboxItem> {
  for (let repeat = 0; ; repeat += 1) {
    const row = await tx.outbox.add({ ...item, ...(repeat > 0 ? { repeat } : {}) });
    const isOver = OVER.has(row.state);
    if (isOver && !isOnPlatform(row)) continue;
    const isSame =
      row.setting_hash === item.setting_hash &&
      row.class === item.class &&
      row.payload_hash === hashValue(item.payload);
    // What was not sent gives way when it would be composed otherwise now.
    if (!isOver && (isSame || !UNSENT_STATES.has(row.state))) return row;
    const { id, platform, state } = row;
    if (isOnPlatform(row))
      throw new OhmymktError("stale", `${platform} still keeps the same content for its time (${id}, ${state})`, {
        hint: `ohmymkt_publish {action: "cancel", id: "${id}"} takes it from there; then compose it anew`,
      });
    if (row.class !== item.class && PROMISED.has(state))
      throw new OhmymktError("stale", `the same words wait as ${row.class} (${id}, ${state})`, {
        hint: `ohmymkt_publish {action: "cancel", id: "${id}"} stops that; then compose it anew`,
      });
    await tx.outbox.transition(row.id, "cancelled", {}, { reason: "composed anew in another way" });
  }
}

function composed(
  desk: PublishDesk,
  place: Place,
  draft: Draft,
): { payloads: Payload[]; warnings: string[]; problems: string[] } {
  const { adapter, options, url } = place;
  const made = adapter.compose(draft, { options, url });
  const whole = [draft.title ?? "", draft.text, ...draft.media.map(({ path, alt }) => `${path} ${alt ?? ""}`)].join(
    "\n",
  );
  const banned = bannedTerms(whole, desk.config.publishing.banned_terms);
  const general = contentWarnings(draft);
  // The messages of a mailing differ in their recipient only.
  const [first] = made.payloads;
  const text = JSON.stringify([first, made.payloads.at(-1)]);
  const size = JSON.stringify(first ?? {}).length * made.payloads.length;
  const keyed = repeatsSecret(text, knownSecrets(desk.world));
  return {
    payloads: made.payloads,
    warnings: [
      ...new Set([...made.warnings, ...general.filter((one) => !made.warnings.some((said) => said.startsWith(one)))]),
    ],
    problems: [
      ...made.problems,
      ...(size > MAX_MAILING
        ? [`expected at most ${MAX_MAILING} characters in all, got ${size} for ${made.payloads.length} recipients`]
        : []),
      ...(keyed ? ["the content holds the value of a provider's key; take it out"] : []),
      ...(adapter.audience && draft.audience.length === 0 ? [`expected an audience of mail addresses, got none`] : []),
      ...(banned.length > 0 ? [`the project bans ${banned.map((term) => JSON.stringify(term)).join(", ")}`] : []),
      ...(made.problems.length === 0 && made.payloads.length === 0 && draft.audience.length > 0
        ? ["nothing to send"]
        : []),
    ],
  };
}

async function draftOf(
  desk: PublishDesk,
  request: PublishRequest,
  assets: readonly Asset[],
  asset: Asset | undefined,
): Promise<Draft> {
  const { store, world } = desk;
  const isText = asset?.path !== undefined && TEXT_FILES.test(asset.path);
  const text = request.content ?? (isText && asset.path ? await readText(desk, asset.path) : undefined);
  if (text === undefined || text.trim() === "")
    throw new OhmymktError(
      "invalid_arguments",
      "expected content, or an asset_id whose file is Markdown or text; got neither",
      {
        hint: "repeat the call with content",
      },
    );
  const paths = [...new Set([...(request.media ?? []), ...(asset?.path && !isText ? [asset.path] : [])])];
  const media = new Map<string, MediaFile>();
  for (const path of paths) {
    const file = await mediaFile(store, path, assets);
    media.set(file.path, file);
  }
  const at = request.at === undefined ? undefined : instantOf(request.at, world.now());
  return {
    text,
    media: [...media.values()],
    audience: await readAudience(store, request.audience),
    class: request.class,
    ...(request.title ? { title: request.title } : {}),
    ...(at ? { at } : {}),
  };
}

async function readText({ store }: PublishDesk, path: string): Promise<string> {
  const file = await store.file(path);
  if (file.size > MAX_TEXT_BYTES)
    throw new OhmymktError("invalid_arguments", `${path} has ${file.size} bytes; expected at most ${MAX_TEXT_BYTES}`);
  const pieces: Uint8Array[] = [];
  for await (const piece of file.bytes()) pieces.push(piece);
  return Buffer.concat(pieces)
    .toString("utf8")
    .replace(/^\uFEFF/, "");
}

const YEAR_MS = 366 * 86_400_000;

function instantOf(text: string, now: number): string {
  const at = Date.parse(text);
  if (Number.isNaN(at) || !/(?:Z|[+-]\d\d:?\d\d)$/.test(text))
    throw new OhmymktError(
      "invalid_arguments",
      `at: expected an instant with its zone such as 2026-12-01T09:00:00Z, got ${JSON.stringify(text)}`,
    );
  if (at < now - 60_000 || at > now + YEAR_MS)
    throw new OhmymktError("invalid_arguments", `at: expected an instant within the coming year, got ${text}`, {
      hint: "leave at out to publish now",
    });
  return new Date(at).toISOString();
}

function findAsset(assets: readonly Asset[], id: string | undefined): Asset | undefined {
  if (id === undefined) return undefined;
  const found = assets.find((one) => one.id === id);
  if (found) return found;
  throw new OhmymktError("not_found", `there is no asset ${JSON.stringify(id)} in the manifest`, {
    hint: 'look with ohmymkt_asset_manifest {action: "read"}',
  });
}
