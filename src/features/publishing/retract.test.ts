import { afterEach, describe, expect, test } from "bun:test";
import { ProviderFailure } from "../../providers/failure.ts";
import { publishingLines } from "../reports/outside.ts";
import { transact, type Sending } from "./desk.ts";
import { beginRetract, finishRetract } from "./retract.ts";
import { sendItem } from "./send.ts";
import { paperPlatform, type Fault, type Paper } from "./testing/paper.ts";
import { paperProject, type PaperProject } from "./testing/paper-project.ts";

let project: PaperProject;
afterEach(() => project.dispose());

/** A post that is out, and the platform that it is on. */
async function sent(): Promise<{ paper: Paper; id: string }> {
  const paper = paperPlatform();
  project = await paperProject(paper);
  const { id } = await project.approved();
  await sendItem(project.desk(), id);
  return { paper, id };
}

async function takeBack(id: string): Promise<Sending> {
  const desk = project.desk();
  const row = await project.row(id);
  const [item] = await transact(desk, (tx) => beginRetract(tx, desk, [row], "apr-x"));
  if (!item) throw new Error("nothing begun");
  return finishRetract(desk, item);
}

describe("what is taken back with a key that may not look", () => {
  const MAY_NOT_LOOK = new ProviderFailure("unauthorised", "paper does not let this key look");

  test("is gone by the platform's word, and that says that nobody saw it", async () => {
    const { paper, id } = await sent();
    paper.blind = MAY_NOT_LOOK;
    const told = await takeBack(id);
    expect(told).toMatchObject({ item: { state: "retracted" }, why: expect.stringContaining("not read back") });
    expect(paper.posts.size).toBe(0);
    expect(await project.row(id)).toMatchObject({ problem: { message: told.why }, retracted_at: expect.any(String) });
    const lines = await project.look((tx) => publishingLines(tx, "2026-01-01T00:00:00.000Z"));
    expect(lines).toMatchObject([
      { status: "retracted", receipt: expect.stringContaining("taken back, not read back") },
    ]);
  });

  test.each<[string, Fault]>([
    ["the platform refuses to", { kind: "unauthorised", done: false }],
    ["no answer says so", { kind: "uncertain", done: false }],
  ])("is not where %s", async (_name, fault) => {
    const { paper, id } = await sent();
    paper.blind = MAY_NOT_LOOK;
    paper.faults.push(fault);
    expect(await takeBack(id)).toMatchObject({ item: { state: "retract_failed" } });
    expect(paper.posts.size).toBe(1);
  });

  test("nor where looking fails for another reason", async () => {
    const { paper, id } = await sent();
    paper.blind = new ProviderFailure("unavailable", "paper is down");
    expect(await takeBack(id)).toMatchObject({ item: { state: "retract_failed" } });
  });
});
