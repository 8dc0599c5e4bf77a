import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { join } from "node:path";
import { mediaBench, type MediaBench, type MediaBenchOptions } from "../../testing/media-bench.ts";
import { KEY, WIRES } from "../../testing/media-wires.ts";
import { makeWorkspace, type Workspace } from "../../testing/temp-workspace.ts";

const CALLER = join(import.meta.dir, "../../testing/media-caller.ts");

let workspace: Workspace;
let bench: MediaBench | undefined;
beforeEach(() => {
  workspace = makeWorkspace();
});
afterEach(async () => {
  await bench?.close();
  bench = undefined;
  workspace.dispose();
});

const start = async (over: Partial<MediaBenchOptions> & Pick<MediaBenchOptions, "category">): Promise<MediaBench> =>
  (bench = await mediaBench({ directory: workspace.directory, ...over }));

/** Another process that makes the call. */
function caller(one: MediaBench, tool: string, args: object): Bun.Subprocess<"ignore", "ignore", "pipe"> {
  const { variable } = one.wire;
  const given = [workspace.directory, String(one.net.port), variable, KEY, tool, JSON.stringify(args)];
  return Bun.spawn([process.execPath, CALLER, ...given], { stdin: "ignore", stdout: "ignore", stderr: "pipe" });
}

/** Lets another process make the call, and kills it once `when` holds. */
async function killed(one: MediaBench, tool: string, args: object, when: () => boolean): Promise<void> {
  const child = caller(one, tool, args);
  const end = Date.now() + 20_000;
  while (!when()) {
    if (child.exitCode !== null || Date.now() > end) throw new Error(await new Response(child.stderr).text());
    await Bun.sleep(5);
  }
  child.kill("SIGKILL");
  await child.exited;
}

describe.each(WIRES.filter(({ category }) => category === "video").map(({ id }) => [id]))(
  "a video by %s",
  (provider) => {
    test("is fetched by the next process after one was killed while it waited; it was started once", async () => {
      const one = await start({ category: "video", provider });
      one.state.working = 1_000_000;
      const asked = () => one.net.calls.length - one.paid();
      await killed(one, "generate_video", { type: "ai", prompt: "A desk turns" }, () => asked() >= 2);
      const [row] = await one.rows();
      expect([row?.state, one.paid()]).toEqual(["started", 1]);
      one.state.working = 1;
      expect((await one.call("generate_video", { type: "ai", id: row?.id })).text).toContain("Video: ");
      expect([one.paid(), (await one.rows()).map(({ state }) => state)]).toEqual([1, ["done"]]);
    });
  },
);

describe("a process that is killed before the answer", () => {
  test.each([
    ["image", "generate_image", { prompt: "a desk" }],
    ["video", "generate_video", { type: "ai", prompt: "a desk" }],
  ] as const)("leaves an %s that counts as spent, and is not asked for again", async (category, tool, args) => {
    const one = await start({ category });
    one.state.first.push(() => Bun.sleep(5000).then(() => new Response()));
    await killed(one, tool, args, () => one.paid() === 1);
    expect((await one.rows()).map(({ state }) => state)).toEqual(["reserved"]);
    const { text } = await one.call(tool, { ...args, prompt: "another desk" });
    const [lost] = await one.rows();
    expect(text).toContain(`Earlier calls ended without an answer and count as spent: ${lost?.id}`);
    expect([one.paid(), (await one.rows()).map(({ state }) => state)]).toEqual([2, ["unknown", "done"]]);
  });
});

test("four processes at once spend a budget for two exactly twice", async () => {
  const one = await start({
    category: "image",
    budget: { amount: 0.2, currency: "USD" },
    options: { price: { amount: 0.1, currency: "USD" } },
  });
  const exits = await Promise.all(
    Array.from({ length: 4 }, (_, at) => caller(one, "generate_image", { prompt: `desk ${at}` }).exited),
  );
  expect(exits.filter((code) => code === 0)).toHaveLength(2);
  expect([one.paid(), (await one.rows()).map(({ state }) => state)]).toEqual([2, ["done", "done"]]);
});
