import { afterAll, beforeEach, expect, test } from "bun:test";
import { paperPlatform, type Paper } from "../../features/publishing/testing/paper.ts";
import { ProviderFailure } from "../../providers/failure.ts";
import type { ToolBench } from "../../testing/tool-bench.ts";
import { paperBench, publishing } from "./testing/paper-bench.ts";

const projects: { dispose(): void }[] = [];
afterAll(() => projects.forEach((one) => one.dispose()));

const P0 = { severity: "P0", module: "content_system", summary: "wrong price" };
const POST = { platform: "paper", content: "We shipped the new importer." };

let bench: ToolBench;
let paper: Paper;

async function project(platform: Paper): Promise<void> {
  const made = await paperBench(platform);
  projects.push(made);
  paper = platform;
  ({ bench } = made);
}

beforeEach(() => project(paperPlatform()));

test("who is asked for a corrective notice reads what it passes", async () => {
  const opened = await bench.text("incident", P0);
  await bench.call("update_gates", { gate: "data_gate", field: "dashboard_stable", value: false });
  bench.questions.length = 0;
  const notice = { ...POST, class: "notice" };
  const preview = await bench.text("publish", { action: "preview", ...notice });
  expect(preview).toContain("Corrective notice: no gate, pause or P0 stops it");
  await publishing(bench, notice);
  const id = /inc-\S+/.exec(opened)?.[0] ?? "";
  expect(bench.questions[0]).toContain(
    `corrective notice on paper as demo, although P0 ${id} is open, gates fail: data_gate, the campaign is paused, now: "We`,
  );
  expect(paper.sends).toHaveLength(1);
});

test("who is asked for a notice that passes nothing is told nothing of it", async () => {
  await publishing(bench, { ...POST, class: "notice" });
  expect(bench.questions[0]).toContain("corrective notice on paper as demo, now:");
});

test("a P0 says what still waits on a platform, and the call that takes it from there", async () => {
  await project(paperPlatform({ schedules: true }));
  const at = new Date(bench.now + 3_600_000).toISOString();
  await publishing(bench, { action: "schedule", ...POST, at });
  const opened = await bench.text("incident", P0);
  expect(opened).toContain(
    'still kept by their platforms: 1; ohmymkt_publish {action: "status"} takes them from there now',
  );
  await bench.call("publish", { action: "status" });
  expect(paper.posts.size).toBe(0);
});

test("a rollback says how to find out what nobody knows yet", async () => {
  paper.faults.push({ kind: "uncertain", done: true });
  paper.blind = new ProviderFailure("unavailable", "paper is down");
  const [row] = await publishing(bench, POST);
  await bench.call("incident", P0);
  bench.now += 60_000;
  expect(await bench.text("run_cycle", { cadence: "weekly" })).toContain(
    `not known yet whether it arrived: ${row?.id} (paper); ohmymkt_publish {action: "status"} looks`,
  );
});

test("looking at the same words as a notice undoes nothing that a person approved", async () => {
  const at = new Date(bench.now + 3_600_000).toISOString();
  const [row] = await publishing(bench, { action: "schedule", ...POST, at });
  const asNotice = { action: "preview", ...POST, at, class: "notice" };
  const refusal = await bench.refusal("publish", asNotice, "content-writer");
  expect(refusal.message).toContain(`the same words wait as content (${row?.id}, scheduled)`);
  expect(await publishing(bench, { action: "status", id: row?.id })).toMatchObject([{ state: "scheduled" }]);
  await bench.call("publish", { action: "cancel", id: row?.id });
  expect(await publishing(bench, asNotice)).toMatchObject([{ state: "draft" }]);
});
