import type { Break } from "./break.ts";
import { MEASUREMENT_BREAKS } from "./measurement.ts";
import { MONEY_BREAKS } from "./money.ts";
import { OUTBOX_BREAKS } from "./outbox.ts";
import { PUBLISHING_BREAKS } from "./publishing.ts";
import { RULES_BREAKS } from "./rules.ts";
import { WORK_BREAKS } from "./work.ts";

/** Every break that a test has to notice. */
export const BREAKS: readonly Break[] = [
  ...RULES_BREAKS,
  ...WORK_BREAKS,
  ...MEASUREMENT_BREAKS,
  ...MONEY_BREAKS,
  ...OUTBOX_BREAKS,
  ...PUBLISHING_BREAKS,
];
