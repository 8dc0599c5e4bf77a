import { afterEach, beforeEach, expect, test } from "bun:test";
import { drain } from "./drain.ts";
import { sendItem } from "./send.ts";
import { paperPlatform, type Paper } from "./testing/paper.ts";
import { MINUTE, paperProject, type PaperProject } from "./testing/paper-project.ts";

let project: PaperProject;
let paper: Paper;
beforeEach(async () => {
  paper = paperPlatform();
  project = await paperProject(paper);
});
afterEach(() => project.dispose());

/** How many requests to publish the platform got in so many minutes of rounds. */
async function requests(minutes: number): Promise<number> {
  const before = paper.faults.length;
  for (let round = 0; round < minutes * 2; round += 1) {
    await drain(project.desk());
    project.now += MINUTE / 2;
  }
  return before - paper.faults.length;
}

test("attempts that end without an answer and did not arrive come less and less often, and are given up", async () => {
  const { id } = await project.approved();
  paper.faults.push(...Array.from({ length: 100 }, () => ({ kind: "uncertain" as const, done: false })));
  expect([await requests(2), await requests(2), await requests(56)]).toEqual([3, 1, 1]);
  expect(await project.row(id)).toMatchObject({ state: "held", attempts: project.config.max_attempts });
  expect(await project.look((tx) => tx.ledger.list({ kind: "incident.open*" }))).toHaveLength(1);
  expect(await requests(60)).toBe(0);
});

test("one that was interrupted once goes out again at once", async () => {
  const { id } = await project.approved();
  paper.faults.push({ kind: "uncertain", done: false });
  expect(await sendItem(project.desk(), id)).toMatchObject({
    item: { state: "retryable" },
    why: "read back: it did not arrive, and may be sent again",
  });
  expect((await sendItem(project.desk(), id)).item.state).toBe("sent");
});
