import { expect, test } from "bun:test";
import { dayAfter } from "../../lib/days.ts";
import { SIGNAL_NAMES, SIGNALS } from "../../lib/metrics.ts";
import { GROUNDS } from "../../testing/histories/ground.ts";
import { Project } from "../../testing/histories/project.ts";
import { makeRandom } from "../../testing/histories/random.ts";

const FULL = process.env["OHMYMKT_FULL"] === "1";
/** 1,000 are the run to quote. */
const HISTORIES = FULL ? Math.ceil(Number(process.env["OHMYMKT_HISTORIES"] ?? 20_000) / 20) : 40;
const START = Date.parse("2026-03-02T09:00:00.000Z");
const CADENCES = ["weekly", "monthly", "quarterly"] as const;

type Random = ReturnType<typeof makeRandom>;

/** A series of a signal that grows or falls over its days, from one of two sources, as a file would state it. */
async function importSeries(project: Project, random: Random, part: number): Promise<void> {
  const signal = random.pick(SIGNAL_NAMES);
  const growth = random.pick([-0.4, 0, 0.4]);
  const days = 20 + random.below(100);
  const now = new Date(project.now).toISOString();
  const rows = Array.from({ length: days }, (_, n) => ({
    track: SIGNALS[signal].track,
    metric: signal,
    unit: "count",
    day: dayAfter(now, n - days),
    value: Math.round((200 + random.below(20)) * (1 + (growth * n) / days)),
    final: n < days - 3,
  }));
  const file = {
    file: `f${part}.csv`,
    sha256: String(part).padStart(64, "0"),
    format: "csv",
    source: random.pick(["gsc", "ga4"]),
  };
  await project.look((tx) => tx.observations.importBatch(file, rows));
}

/** Plays a random history of imports, statements, incidents and cycles; how many decisions it came to. */
async function play(project: Project, random: Random): Promise<number> {
  let decisions = 0;
  for (let step = 0; step < 16; step += 1) {
    // Some things happen in the same millisecond.
    project.now += random.pick([0, 60_000, 3 * 86_400_000]);
    const kind = random.below(10);
    if (kind < 4) await importSeries(project, random, step);
    else if (kind < 5) {
      const signal = random.pick(SIGNAL_NAMES);
      await project.call("update_metrics", {
        track: SIGNALS[signal].track,
        metric: signal,
        trend: random.pick(["up", "down", "flat"]),
        source: "person",
      });
    } else if (kind < 6)
      await project.call("incident", { severity: random.pick(["P0", "P1", "P2"]), module: "scale_loop", summary: "s" });
    else {
      await project.call("run_cycle", { cadence: random.pick(CADENCES) });
      decisions += 1;
    }
  }
  return decisions;
}

test(
  `every decision of ${HISTORIES} random histories is the same, byte for byte, when it is made again at the end`,
  async () => {
    const seen = new Map<string, number>();
    for (let index = 0; index < HISTORIES; index += 1) {
      const project = new Project(GROUNDS.memory(), START, index % 2 === 0 ? [] : ["ga4", "gsc"]);
      try {
        const decisions = await play(project, makeRandom(20_261_121, index));
        const replays = await project.replay();
        expect(replays).toHaveLength(decisions);
        expect(replays.filter((one) => !one.same)).toEqual([]);
        for (const { recorded } of replays)
          for (const [basis = ""] of recorded.matchAll(/"basis":"\w+"/g)) seen.set(basis, (seen.get(basis) ?? 0) + 1);
      } finally {
        await project.close();
      }
    }
    // Otherwise nothing measured would have been replayed.
    for (const basis of ["measured", "declared", "none"])
      expect(seen.get(`"basis":"${basis}"`)).toBeGreaterThan(HISTORIES / 4);
  },
  FULL ? 600_000 : 60_000,
);
