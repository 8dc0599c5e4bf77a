import { one, only, type Break } from "./break.ts";

const PROCESSES = "src/features/publishing/processes.test.ts";
const SCHEDULE = "src/features/publishing/platform-schedule.test.ts";
const ROUNDS = "src/features/publishing/outbox-rounds.test.ts";
const APPROVAL = "src/tools/ohmymkt/publish-approval.test.ts";
const TOOL = "src/tools/ohmymkt/publish.test.ts";

/** Rules of what leaves the building. */
export const PUBLISHING_BREAKS: readonly Break[] = [
  only(
    "killed anywhere while it sends|nothing else goes wrong",
    one(
      "sent before it was claimed",
      "src/features/publishing/send.ts",
      "const claimed = await transact(desk, (tx) => claim(tx, desk, id, place));",
      `const first = existing(await transact(desk, (tx) => tx.outbox.get(id)), id);
       await openChannel(desk, place).send(deliveryOf(first), { read: (media) => approvedBytes(desk, media), note: async () => undefined });
       const claimed = await transact(desk, (tx) => claim(tx, desk, id, place));`,
      PROCESSES,
    ),
  ),
  only(
    "never came is looked up",
    one(
      "unknown sent again without a look",
      "src/features/publishing/read-back.ts",
      "found = await openChannel(desk, place).find(deliveryOf(item), item.receipt);",
      "found = undefined;",
      TOOL,
    ),
  ),
  only(
    "a late arrival",
    one(
      "absence believed at once",
      "src/features/publishing/read-back.ts",
      "const isEarly = desk.world.now() < believedAt;",
      "const isEarly = desk.world.now() < 0;",
      TOOL,
    ),
  ),
  only(
    "believed only so long",
    one(
      "absence believed from the attempt's beginning on",
      "src/features/publishing/read-back.ts",
      "Date.parse(item.updated_at) + settleMs",
      'Date.parse(item.started_at ?? "") + settleMs',
      PROCESSES,
    ),
  ),
  only(
    "a file that changed",
    one(
      "changed file sent under the old approval",
      "src/features/publishing/channel.ts",
      "if (hash === media.hash) return bytes;",
      'if (hash !== "") return bytes;',
      TOOL,
    ),
  ),
  only(
    "after the first of them",
    one(
      "rules looked at when it is approved only",
      "src/features/publishing/send.ts",
      "...(await publishObstacles(tx, item)),",
      "",
      APPROVAL,
    ),
  ),
  only(
    "a yes from before a hold",
    one(
      "held content freed by a yes from before",
      "src/features/publishing/approve.ts",
      "state, since: updated_at, platform,",
      "platform,",
      SCHEDULE,
    ),
  ),
  only(
    "two processes at once",
    one(
      "an old look moves a new attempt",
      "src/features/publishing/as-seen.ts",
      "if (present && attemptOf(present) === attemptOf(seen)) return present;",
      "if (present) return present;",
      PROCESSES,
    ),
  ),
  only(
    "once its time is over",
    one(
      "a process that slept sends late",
      "src/features/publishing/lease.ts",
      "if (world.now() <= (leases.get(desk) ?? Infinity)) return work();",
      "if (leases.size !== 0) return work();",
      PROCESSES,
    ),
  ),
  only(
    "another account",
    one(
      "looked for in another account",
      "src/features/publishing/channel.ts",
      "if (place.account === account) return place;",
      'if (account !== "") return place;',
      PROCESSES,
    ),
  ),
  only(
    "cannot be approved anew",
    one(
      "approved while a platform still keeps it",
      "src/features/publishing/approve.ts",
      "const kept = items.find(isOnPlatform);",
      "const kept = items.find((item) => !item && isOnPlatform(item));",
      SCHEDULE,
    ),
  ),
  only(
    "is not deleted|not deleted without",
    one(
      "a public post deleted as a recall",
      "src/features/publishing/platform-schedule.ts",
      "if (found && found.scheduled_for === undefined && found.draft !== true)",
      "if (found && found.draft === undefined && !receipt)",
      SCHEDULE,
    ),
  ),
  only(
    "with a wrong key",
    one(
      "every row tries the wrong key",
      "src/features/publishing/outcome.ts",
      'HALTS: ReadonlySet<string> = new Set<FailureKind>([ "missing", "unauthorised", "quota", "rate_limited", "unreachable", "unavailable", ]);',
      "HALTS: ReadonlySet<string> = new Set<FailureKind>([]);",
      APPROVAL,
    ),
  ),
  only(
    "less and less",
    one(
      "a platform asked every half minute",
      "src/features/rounds.ts",
      "Math.min(before.pause * 2, longestMs)",
      "ROUND_MS",
      ROUNDS,
    ),
  ),
];
