import { expect, test } from "bun:test";
import { isEnded, jobMarker, type Job } from "../../lib/jobs.ts";
import { makeRandom } from "../../testing/histories/random.ts";
import { pluginHost, type PluginHost } from "../../testing/plugin-host.ts";
import type { ScriptStep } from "../../testing/script-step.ts";
import { script } from "../../testing/scripted-model.ts";

const CONFIG = { ".ohmymkt/config.json": JSON.stringify({ schema_version: 1, background: { minutes: 4 / 60 } }) };
/** Each restart takes about eight seconds; OHMYMKT_RESTARTS=20 is the run to quote. */
const RESTARTS = Number(process.env["OHMYMKT_RESTARTS"] ?? (process.env["OHMYMKT_FULL"] === "1" ? 6 : 2));
const SEED = Number(process.env["OHMYMKT_SEED"] ?? 20261121);

const jobsOf = (own: PluginHost, session?: string): Promise<Job[]> =>
  own.look((tx) => tx.jobs.list(session === undefined ? {} : { session }));

const job = (steps: ScriptStep[], title: string): [string, Record<string, unknown>] => [
  "background_task",
  { agent: "research-agent", prompt: `Work. ${script(steps)}`, title },
];

test(
  `a host that is killed with jobs in flight, ${RESTARTS} times at random moments: every job is told exactly once (seed ${SEED})`,
  async () => {
    const own = await pluginHost({ files: CONFIG });
    const random = makeRandom(SEED, 0);
    const parents: string[] = [];
    try {
      for (let round = 0; round < RESTARTS; round += 1) {
        const { id } = await own.host.session();
        parents.push(id);
        const calls = [0, 1, 2].map((n) =>
          job([{ delay_ms: random.below(2500), text: `result ${round}.${n}` }], `${round}.${n}`),
        );
        await own.host.promptAsync(
          id,
          `Go. ${script([{ calls }, { delay_ms: random.below(400), text: "started" }, { text: "noted" }])}`,
          { agent: "growth-manager" },
        );
        await own.until("the first job row", async () => (await jobsOf(own, id)).length > 0);
        await Bun.sleep(random.below(2500));
        await own.restart();
        // The first use after the start, by somebody who does something else.
        await own.play("growth-manager", [{ text: "hello" }], "Hello.");
        await own.until("every job to be told", async () =>
          (await jobsOf(own)).every((one) => one.notified_at !== undefined),
        );
        for (const parent of parents) await own.host.idle(parent);
      }
      const jobs = await jobsOf(own);
      const texts = new Map<string, string[]>();
      for (const parent of parents) texts.set(parent, await own.heard(parent));
      for (const one of jobs) {
        const times = (texts.get(one.parent_session) ?? []).join("\n").split(jobMarker(one)).length - 1;
        expect([one.title, one.state, isEnded(one), times]).toEqual([one.title, one.state, true, 1]);
      }
      const states = Object.groupBy(jobs, (one) => one.state);
      console.log(
        `${jobs.length} jobs over ${RESTARTS} kills: ${Object.entries(states)
          .map(([state, some]) => `${some?.length} ${state}`)
          .join(", ")}`,
      );
    } finally {
      await own.dispose();
    }
  },
  120_000 * (RESTARTS + 1),
);
