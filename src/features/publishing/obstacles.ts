import type { ContentClass } from "../../lib/outbox.ts";
import { openP0s } from "../../lib/incidents.ts";
import { listModules } from "../../lib/modules.ts";
import type { Transaction } from "../../store/store.ts";
import { readStanding } from "../governance/facts.ts";
import { readModules } from "../governance/seeds.ts";

/** The module that all published content belongs to. */
export const CONTENT_MODULE = "content_system";

/** A rule that forbids publishing now, and what remedies it. */
interface Obstacle {
  what: string;
  remedy: string;
}

/** What stands against publishing now, each with its remedy; empty means nothing. Corrective notices pass: they are what a P0 may need. */
export async function publishObstacles(tx: Transaction, { class: kind }: { class: ContentClass }): Promise<string[]> {
  if (kind === "notice") return [];
  return (await obstacles(tx)).map(({ what, remedy }) => `${what}: ${remedy}`);
}

/** What a corrective notice passes that would stop anything else. */
export async function passedBy(tx: Transaction, { class: kind }: { class: ContentClass }): Promise<string[]> {
  return kind === "notice" ? (await obstacles(tx)).map(({ what }) => what) : [];
}

async function obstacles(tx: Transaction): Promise<Obstacle[]> {
  const { gates, execution, incidents } = await readStanding(tx);
  const failing = gates.gates.filter(({ pass }) => !pass).map(({ gate }) => gate);
  const modules = listModules(await readModules(tx));
  const paused = modules.find(({ name, status }) => name === CONTENT_MODULE && status === "paused");
  const p0 = openP0s(incidents).map(({ id }) => id);
  return [
    ...(p0.length > 0
      ? [
          {
            what: `P0 ${p0.join(", ")} is open`,
            remedy: "resolve it, or publish a corrective notice (class: notice)",
          },
        ]
      : []),
    ...(failing.length > 0 ? [{ what: `gates fail: ${failing.join(", ")}`, remedy: "see ohmymkt_check_gates" }] : []),
    ...(execution.state === "active"
      ? []
      : [{ what: `the campaign is ${execution.state.replace("_", " ")}`, remedy: "see ohmymkt_start_campaign" }]),
    ...(paused
      ? [
          {
            what: `the module ${CONTENT_MODULE} is paused${paused.paused_by ? ` by ${paused.paused_by}` : ""}`,
            remedy: 'see ohmymkt_read_state {file: "modules"}',
          },
        ]
      : []),
  ];
}
