import { PROVIDER_SET, PROVIDERS_DOCUMENT, ProviderSetting, type ProviderCategory } from "../lib/providers.ts";
import { readProviders } from "../features/provider-settings/settings.ts";
import type { PaidCall } from "../lib/paid-calls.ts";
import { answerAs, KEY, WIRES, wireState, type Wire, type WireState } from "./media-wires.ts";
import { toolBench, WHOLE_PLAN, type ToolBench } from "./tool-bench.ts";
import { wireWorld, type WireWorld } from "./wire-world.ts";

/** The tools with one generator configured, its server on loopback, and an approved plan in dollars. */
export interface MediaBench extends ToolBench {
  wire: Wire;
  state: WireState;
  net: WireWorld;
  /** Requests that cost money. */
  paid(): number;
  rows(): Promise<PaidCall[]>;
  configure(category: ProviderCategory, id: string, setting: object): Promise<void>;
  close(): Promise<void>;
}

export interface MediaBenchOptions {
  directory: string;
  category: "image" | "video";
  provider?: string;
  budget?: { amount: number; currency: string } | undefined;
  options?: Record<string, unknown>;
}

export async function mediaBench({
  directory,
  category,
  provider = category === "image" ? "openai" : "google",
  budget = { amount: 100, currency: "USD" },
  options = {},
}: MediaBenchOptions): Promise<MediaBench> {
  const wire = WIRES.find((one) => one.category === category && one.id === provider);
  if (!wire) throw new Error(`there is no wire of ${category} ${provider}`);
  const state = wireState(category);
  const net = wireWorld(answerAs(wire, state), { env: { [wire.variable]: KEY } });
  const base = toolBench({ directory });
  net.world.now = () => base.now;
  base.world = net.world;
  await base.call("plan_growth", { ...WHOLE_PLAN, budget });
  await base.call("review_plan", { plan: "trials", verdict: "approve" }, "plan-reviewer");
  base.questions.length = 0;
  const { call: plain } = base;
  const bench: MediaBench = Object.assign(base, {
    call: (tool: string, args: unknown = {}, agent = "anyone") => plain(tool, args, agent),
    wire,
    state,
    net,
    paid: () => net.calls.filter((call) => wire.paid(call)).length,
    rows: () => base.look((tx) => tx.paidCalls.list()),
    async configure(of: ProviderCategory, id: string, given: object) {
      const setting = ProviderSetting.parse(given);
      await base.look(async (tx) => {
        const file = await readProviders(tx);
        const use = of === "publish" ? file.use : { ...file.use, [of]: id };
        await tx.documents.write(PROVIDERS_DOCUMENT, { ...file, use, [of]: { ...file[of], [id]: setting } });
        await tx.ledger.append({ kind: PROVIDER_SET, subject: `${of}/${id}`, after: setting });
      });
    },
    async close() {
      await base.store.close();
      await net.stop();
    },
  });
  const setting = { api_key_env: wire.variable, ...wire.setting, options: { ...wire.setting?.options, ...options } };
  await bench.configure(category, provider, setting);
  return bench;
}
