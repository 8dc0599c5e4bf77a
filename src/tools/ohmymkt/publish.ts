import { z } from "zod";
import {
  assertPublishable,
  isApprovable,
  markApproved,
  publishQuestion,
  publishSubject,
} from "../../features/publishing/approve.ts";
import { stillAsSeen } from "../../features/publishing/as-seen.ts";
import { cancelDeliveries } from "../../features/publishing/cancel.ts";
import type { PublishDesk, Sending } from "../../features/publishing/desk.ts";
import { passedBy } from "../../features/publishing/obstacles.ts";
import { drain } from "../../features/publishing/drain.ts";
import { findingQuestion, findingSubject, recordFinding, resolvable } from "../../features/publishing/resolve.ts";
import {
  beginRetract,
  finishRetract,
  retractable,
  retractQuestion,
  retractSubject,
  sortRetractable,
} from "../../features/publishing/retract.ts";
import { settle } from "../../features/publishing/read-back.ts";
import { repeatedMeanwhile } from "../../features/publishing/repeated.ts";
import { inPortions } from "../../features/publishing/portions.ts";
import { CALL_MS, sendAll } from "../../features/publishing/send-all.ts";
import { listDeliveries } from "../../features/publishing/status.ts";
import { told } from "../../features/publishing/told.ts";
import { OhmymktError } from "../../errors.ts";
import { CONTENT_CLASSES, type OutboxItem } from "../../lib/outbox.ts";
import { defineTool, spendApproval, type RunContext } from "./define.ts";
import { hidden, plain } from "./lean-schema.ts";
import { assertSendable, idOf, rowsOf } from "./publish-rows.ts";
import { renderPublish, type PublishResult } from "./render-publish.ts";

const NAME = "ohmymkt_publish";

const Args = {
  action: z.enum(["preview", "publish", "schedule", "retract", "status", "cancel", "resolve"]).default("publish"),
  platform: z.string().trim().min(1).max(60).optional(),
  content: z.string().max(200_000).optional(),
  title: z.string().trim().min(1).max(500).optional(),
  asset_id: z.string().optional(),
  media: z.array(z.string().min(1).max(1000)).max(20).optional(),
  at: z.string().max(60).optional(),
  audience: plain(z.union([z.string().max(100_000), z.array(z.string().max(320)).max(500)]).optional()),
  class: hidden(z.enum(CONTENT_CLASSES).default("content")),
  id: z.string().min(1).max(100).optional(),
  arrived: hidden(z.boolean().optional()),
};
type Args = z.output<z.ZodObject<typeof Args>>;

/** What `confirm` composed, for `run`: the same call, the same rows. */
const composed = new WeakMap<Args, OutboxItem[]>();

export const publish = defineTool({
  name: NAME,
  summary: "Publish exactly what a person approved, once. preview shows it and gives an id; retract takes back.",
  args: Args,
  async confirm(args, context) {
    const desk = deskOf(context);
    if (args.action === "retract") {
      const { open } = await sortRetractable(desk, await context.transact((tx) => retractable(tx, required(args))));
      return open.length === 0
        ? undefined
        : { kind: "retract", subject: retractSubject(open), summary: retractQuestion(open) };
    }
    if (args.action === "resolve") {
      const finding = await context.transact((tx) => resolvable(tx, required(args), args.arrived));
      return { kind: "publish", subject: findingSubject(finding), summary: findingQuestion(finding) };
    }
    if (args.action !== "publish" && args.action !== "schedule") return undefined;
    const items = await rowsOf(args, desk);
    composed.set(args, items);
    const open = items.filter(isApprovable);
    if (open.length === 0) return undefined;
    await context.transact((tx) => assertPublishable(tx, open));
    await assertSendable(desk, open);
    const repeats = await repeatedMeanwhile(desk, open);
    return context.transact(async (tx) => ({
      kind: "publish",
      subject: publishSubject(open),
      summary: publishQuestion(open, tx.now, { passes: await passedBy(tx, open[0] ?? { class: "content" }), repeats }),
    }));
  },
  async run(args, context): Promise<PublishResult> {
    const desk = deskOf(context);
    switch (args.action) {
      case "preview": {
        const items = await rowsOf(args, desk);
        return { action: "preview", items, id: await idOf(desk, items) };
      }
      case "status": {
        const moved = await drain(desk, { until: desk.world.now() + CALL_MS });
        return { action: "status", ...(await listDeliveries(desk, args.id, moved)) };
      }
      case "cancel":
        return { action: "cancel", deliveries: await cancelDeliveries(desk, required(args)) };
      case "resolve":
        return { action: "resolve", deliveries: [await resolve(args, context, desk)] };
      case "retract":
        return { action: "retract", deliveries: await retract(args, context, desk) };
      default:
        return { action: "publish", deliveries: await send(args, context, desk) };
    }
  },
  render: renderPublish,
});

async function send(args: Args, context: RunContext, desk: PublishDesk): Promise<Sending[]> {
  const items = composed.get(args) ?? (await rowsOf(args, desk));
  const open = items.filter(isApprovable);
  let spent = "";
  // A yes counts for what still stands as it was shown; what somebody cancelled or sent meanwhile stays so.
  await inPortions(desk, open, async (tx, portion, at) => {
    if (at === 0) {
      await assertPublishable(tx, open);
      spent = (await spendApproval(tx, context.approval, "publish", publishSubject(open))).id;
    }
    return markApproved(tx, await stillAsSeen(tx, portion), spent);
  });
  return sendAll(desk, items);
}

async function retract(args: Args, context: RunContext, desk: PublishDesk): Promise<Sending[]> {
  const { open, others } = await sortRetractable(desk, await context.transact((tx) => retractable(tx, required(args))));
  if (open.length === 0) return others;
  let spent = "";
  const begun = await inPortions(desk, open, async (tx, portion, at) => {
    if (at === 0) spent = (await spendApproval(tx, context.approval, "retract", retractSubject(open))).id;
    return beginRetract(tx, desk, portion, spent);
  });
  const done: Sending[] = [];
  for (const item of begun)
    done.push(
      desk.signal.aborted
        ? { item, why: "the call was stopped; a later round takes it back" }
        : await told(desk, item, () => finishRetract(desk, item)),
    );
  const changed = open.filter(({ id }) => begun.every((item) => item.id !== id));
  return [...done, ...changed.map((item) => ({ item, why: "somebody else went on with it meanwhile" })), ...others];
}

async function resolve(args: Args, context: RunContext, desk: PublishDesk): Promise<Sending> {
  if (args.arrived === false) {
    // What a platform shows outweighs what somebody believes: sending it again cannot be undone.
    const { item } = await context.transact((tx) => resolvable(tx, required(args), false));
    const looked = await told(desk, item, () => settle(desk, item));
    if (looked.item.state === "sent" || looked.item.state === "scheduled")
      return { ...looked, why: "it is there after all; nothing was sent again" };
    if (looked.item.state !== "unknown") return again(desk, looked.item);
  }
  const item = await context.transact(async (tx) => {
    const finding = await resolvable(tx, required(args), args.arrived);
    await spendApproval(tx, context.approval, "publish", findingSubject(finding));
    return recordFinding(tx, desk, finding);
  });
  if (args.arrived === true) return { item, why: "a person says that it arrived" };
  return again(desk, item);
}

async function again(desk: PublishDesk, item: OutboxItem): Promise<Sending> {
  const [sending = { item }] = await sendAll(desk, [item]);
  return sending;
}

function required({ action, id }: Args): string {
  if (id !== undefined) return id;
  throw new OhmymktError("invalid_arguments", `${action} expected the id of a delivery, got none`, {
    hint: 'look with ohmymkt_publish {action: "status"}',
  });
}

function deskOf(context: Omit<RunContext, "approval">): PublishDesk {
  const { store, world, config, actor, signal, newId, platforms } = context;
  return { store, world, config, actor, signal, newId, tool: NAME, ...(platforms ? { adapters: platforms } : {}) };
}
