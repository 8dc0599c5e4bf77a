import { drawTheme, nextStep } from "./generator.ts";
import { GROUNDS, type GroundKind } from "./ground.ts";
import { observe } from "./observe.ts";
import { Oracle } from "./oracle.ts";
import { perform } from "./perform.ts";
import { Project } from "./project.ts";
import { makeRandom } from "./random.ts";
import type { Outcome, Step } from "./steps.ts";

const START = Date.parse("2026-03-02T09:00:00.000Z");
const MIN_STEPS = 20;
const ORDERS: readonly [readonly string[], ...(readonly string[])[]] = [[], ["ga4"], ["gsc", "ga4"]];

/** What a range of histories came to: how many steps were taken, and in how many histories each rule fired. */
export interface Tally {
  histories: number;
  steps: number;
  fired: Record<string, number>;
}

/** Plays histories `from` to `from + count - 1` of a seed against the oracle; throws at the first difference, with everything needed to repeat it. */
export async function runHistories(kind: GroundKind, seed: number, from: number, count: number): Promise<Tally> {
  const tally: Tally = { histories: 0, steps: 0, fired: {} };
  for (let index = from; index < from + count; index += 1) addHistory(tally, await runHistory(kind, seed, index));
  return tally;
}

/** The sum of two tallies. */
export function addTallies(a: Tally, b: Tally): Tally {
  const fired = { ...a.fired };
  for (const [rule, times] of Object.entries(b.fired)) fired[rule] = (fired[rule] ?? 0) + times;
  return { histories: a.histories + b.histories, steps: a.steps + b.steps, fired };
}

function addHistory(tally: Tally, { steps, fired }: { steps: number; fired: ReadonlySet<string> }): void {
  tally.histories += 1;
  tally.steps += steps;
  for (const rule of fired) tally.fired[rule] = (tally.fired[rule] ?? 0) + 1;
}

async function runHistory(
  kind: GroundKind,
  seed: number,
  index: number,
): Promise<{ steps: number; fired: ReadonlySet<string> }> {
  const random = makeRandom(seed, index);
  const order = random.pick(ORDERS);
  const theme = drawTheme(random);
  const oracle = new Oracle(START, order);
  const project = new Project(GROUNDS[kind](), START, order);
  const played: Step[] = [];
  try {
    const length = MIN_STEPS + random.below(11);
    for (let turn = 0; turn < length; turn += 1) {
      const step = nextStep(random, oracle, theme);
      played.push(step);
      await playStep(project, oracle, step);
    }
    same(await project.verify(), "the ledger's chain", (chain) => chain.ok, true);
    same(await project.replay(), "a replayed decision", (replays) => replays.filter((one) => !one.same), []);
    return { steps: length, fired: oracle.fired };
  } catch (error) {
    throw new Error(report(kind, seed, index, order, played, error), { cause: error });
  } finally {
    await project.close();
  }
}

async function playStep(project: Project, oracle: Oracle, step: Step): Promise<void> {
  const expected = oracle.expect(step);
  const outcome = await perform(project, step);
  same(outcome, "the outcome", (got) => got, expected satisfies Outcome);
  if (step.do === "cycle" && "facts" in outcome) oracle.learnActions(await lastActionCount(project));
  same(await observe(project), "the state", (got) => got, oracle.state());
}

async function lastActionCount(project: Project): Promise<number> {
  return (
    (project.json("state/cycles.json") as { cycles: { actions: unknown[] }[] } | undefined)?.cycles.at(-1)?.actions
      .length ?? 0
  );
}

function same<G>(got: G, what: string, part: (got: G) => unknown, expected: unknown): void {
  if (Bun.deepEquals(part(got), expected)) return;
  throw new Error(`${what} differs\nexpected ${JSON.stringify(expected)}\ngot      ${JSON.stringify(part(got))}`);
}

function report(
  kind: GroundKind,
  seed: number,
  index: number,
  order: readonly string[],
  played: readonly Step[],
  error: unknown,
): string {
  const steps = played.map((step, number) => `${number + 1}. ${JSON.stringify(step)}`);
  const why = error instanceof Error ? error.message : String(error);
  return `history ${index} of seed ${seed} (${kind} store, source order ${JSON.stringify(order)}), step ${played.length}: ${why}\nRepeat it with OHMYMKT_SEED=${seed}. Steps:\n${steps.join("\n")}`;
}
