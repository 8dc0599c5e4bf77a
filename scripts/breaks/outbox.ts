import { one, only, type Break } from "./break.ts";

const MEMORY = "src/testing/memory-store.test.ts";
const ROWS = "src/store/local/outbox.test.ts";
const MEDIA = "src/store/local/media.test.ts";

/** Rules of deliveries, paid calls and generated files. */
export const OUTBOX_BREAKS: readonly Break[] = [
  only(
    "the same delivery once",
    one(
      "content put into the outbox twice",
      "src/lib/outbox.ts",
      "plan: item.plan ?? null,",
      "plan: JSON.stringify(item),",
      MEMORY,
    ),
  ),
  only(
    "the outbox is never",
    one(
      "delivery sent without an approval",
      "src/store/local/outbox.ts",
      "state: to, updated_at: context.now }, id);\n  assertOutboxGrounds(before, after);",
      "state: to, updated_at: context.now }, id);\n  assertOutboxGrounds(before, before);",
      MEMORY,
    ),
  ),
  only(
    "an old approval",
    one(
      "held delivery freed by the old approval",
      "src/lib/outbox.ts",
      "after.approval === before.approval",
      'after.approval === ""',
      MEMORY,
    ),
  ),
  one(
    "payload changed under its approval",
    "src/store/local/outbox.ts",
    "hashValue(item.payload) !== item.payload_hash",
    'item.payload_hash === ""',
    ROWS,
  ),
  only(
    "count against their plan",
    one(
      "uncertain spending not counted",
      "src/lib/paid-calls.ts",
      '"started", "unknown", "done", "failed", ] as const satisfies readonly PaidCallState[];',
      '"started", "done", "failed", ] as const satisfies readonly PaidCallState[];',
      MEMORY,
    ),
  ),
  one(
    "half a file left behind",
    "src/store/local/media.ts",
    "await rm(tmp, { force: true, recursive: true }).catch(() => undefined);",
    "",
    MEDIA,
  ),
];
