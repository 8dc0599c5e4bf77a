import type { Decision } from "../../../lib/cadence.ts";
import type { FieldStatus } from "../../../lib/gate-report.ts";
import type { IncidentStatus } from "../../../lib/incidents.ts";
import type { Trend } from "../../../lib/metrics.ts";
import type { PublishingLine } from "../../../lib/reports.ts";
import { plainWords } from "../wording.ts";
import { html, trusted, type Html } from "./html.ts";

/** Outlines in a box of 16 by 16; each differs from the others without colour. */
const SHAPES = {
  disc: "M8 1a7 7 0 1 1 0 14A7 7 0 0 1 8 1Z",
  ring: "M8 1a7 7 0 1 1 0 14A7 7 0 0 1 8 1Zm0 2.6a4.4 4.4 0 1 0 0 8.8 4.4 4.4 0 0 0 0-8.8Z",
  diamond: "M8 .4 15.6 8 8 15.6.4 8Z",
  octagon: "M5 1h6l4 4v6l-4 4H5l-4-4V5Z",
  rising: "M8 2 15.5 14.5H.5Z",
  falling: "M8 14 .5 1.5h15Z",
  level: "M.8 6h14.4v4H.8Z",
  check: "m1.6 8.6 2-2 2.8 2.8 6-6.6 2.1 1.9-8 8.9Z",
  cross: "m2 4 2-2 4 4 4-4 2 2-4 4 4 4-2 2-4-4-4 4-2-2 4-4Z",
  half: "M8 1a7 7 0 1 1 0 14A7 7 0 0 1 8 1Zm0 2.2v9.6a4.8 4.8 0 0 0 0-9.6Z",
} as const;

interface Look {
  shape: keyof typeof SHAPES;
  tone: "good" | "warn" | "bad" | "quiet";
}

export const DECISION_LOOK: Record<Decision | "none", Look> = {
  continue: { shape: "disc", tone: "good" },
  intervene: { shape: "diamond", tone: "warn" },
  rollback: { shape: "octagon", tone: "bad" },
  none: { shape: "ring", tone: "quiet" },
};

export const TREND_LOOK: Record<Trend, Look> = {
  up: { shape: "rising", tone: "good" },
  down: { shape: "falling", tone: "bad" },
  flat: { shape: "level", tone: "quiet" },
  unknown: { shape: "ring", tone: "quiet" },
};

export const SCALE_LOOK: Record<"open" | "blocked", Look> = {
  open: { shape: "check", tone: "good" },
  blocked: { shape: "cross", tone: "bad" },
};

export const FIELD_LOOK: Record<FieldStatus, Look> = {
  pass: { shape: "check", tone: "good" },
  fail: { shape: "cross", tone: "bad" },
  expired: { shape: "half", tone: "warn" },
  unconfirmed: { shape: "ring", tone: "warn" },
  stale_plan: { shape: "half", tone: "warn" },
  other_plan: { shape: "cross", tone: "bad" },
};

export const INCIDENT_LOOK: Record<IncidentStatus, Look> = {
  open: { shape: "octagon", tone: "bad" },
  mitigated: { shape: "half", tone: "warn" },
  resolved: { shape: "check", tone: "good" },
};

export const RECOVERY_LOOK: Record<"recovered" | "not_recovered" | "unknown", Look> = {
  recovered: { shape: "check", tone: "good" },
  not_recovered: { shape: "cross", tone: "bad" },
  unknown: { shape: "ring", tone: "quiet" },
};

export const PUBLISHING_LOOK: Record<PublishingLine["status"], Look> = {
  waiting: { shape: "ring", tone: "quiet" },
  unknown: { shape: "half", tone: "warn" },
  sent: { shape: "check", tone: "good" },
  held: { shape: "half", tone: "warn" },
  failed: { shape: "cross", tone: "bad" },
  retracted: { shape: "ring", tone: "quiet" },
};

/** A state as shape and word; the shape says nothing that the word does not. */
export function status({ shape, tone }: Look, word: string): Html {
  return html`<span class="status ${tone}">${shapeOf(shape)} ${plainWords(word)}</span>`;
}

/** The bare shape, as high as a capital letter of the text around it. */
export function shapeOf(shape: keyof typeof SHAPES): Html {
  return trusted(
    `<svg class="shape" viewBox="0 0 16 16" aria-hidden="true" focusable="false"><path fill-rule="evenodd" d="${SHAPES[shape]}"/></svg>`,
  );
}
