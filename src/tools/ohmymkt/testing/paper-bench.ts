import type { Paper } from "../../../features/publishing/testing/paper.ts";
import { PROVIDER_SET, PROVIDERS_DOCUMENT } from "../../../lib/providers.ts";
import { makeWorkspace } from "../../../testing/temp-workspace.ts";
import { startedBench, toolBench, type ToolBench } from "../../../testing/tool-bench.ts";
import type { PublishResult } from "../render-publish.ts";

/** What a publish call says of one delivery. */
export interface Told {
  id: string;
  state: string;
  why: string;
}

export interface PaperBench {
  bench: ToolBench;
  directory: string;
  dispose(): void;
}

/** A project with a platform that is set up, and a running campaign unless it is not to be started. */
export async function paperBench(platform: Paper, started = true): Promise<PaperBench> {
  const { directory, dispose } = makeWorkspace();
  const bench = await (started ? startedBench : toolBench)({ directory });
  bench.world = { ...bench.world, env: { PAPER_KEY: "secret-paper-key" }, sleep: async () => undefined };
  bench.platforms = { [platform.adapter.spec.id]: async () => platform.adapter };
  await configurePaper(bench, {});
  return { bench, directory, dispose };
}

/** Settings of `paper`, and of others beside it, as a person would have confirmed them. */
export async function configurePaper(
  bench: ToolBench,
  options: Record<string, string>,
  ...others: string[]
): Promise<void> {
  const ids = ["paper", ...others];
  const setting = { api_key_env: "PAPER_KEY", options };
  await bench.look(async (tx) => {
    await tx.documents.write(PROVIDERS_DOCUMENT, {
      schema_version: 1,
      use: {},
      image: {},
      video: {},
      video_template: {},
      publish: Object.fromEntries(ids.map((id) => [id, setting])),
    });
    for (const id of ids) await tx.ledger.append({ kind: PROVIDER_SET, subject: `publish/${id}`, after: setting });
  });
}

/** Calls publish; what it says of each delivery. */
export async function publishing(bench: ToolBench, args: unknown): Promise<Told[]> {
  const result = (await bench.call("publish", args)).value as PublishResult;
  if (result.action === "preview") return result.items.map(({ id, state }) => ({ id, state, why: "" }));
  return result.deliveries.map(({ item, why }) => ({ id: item.id, state: item.state, why: why ?? "" }));
}

/** How many deliveries are in which state. */
export function states(told: readonly Told[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { state } of told) counts[state] = (counts[state] ?? 0) + 1;
  return counts;
}
