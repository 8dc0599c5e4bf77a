import { afterEach, expect, test } from "bun:test";
import { sendItem } from "../publishing/send.ts";
import { paperPlatform, type Paper } from "../publishing/testing/paper.ts";
import { MINUTE, paperProject, type PaperProject } from "../publishing/testing/paper-project.ts";
import { providerReport, type ProviderReport } from "./provider-status.ts";

let project: PaperProject;
afterEach(() => project.dispose());

const report = (paper: Paper): Promise<ProviderReport> =>
  project.look((tx) => providerReport(tx, "publish", { spec: paper.adapter.spec }, project.desk().world));

test.each(["quota", "unauthorised"] as const)("a delivery that meets %s is what the list shows", async (kind) => {
  const paper = paperPlatform();
  project = await paperProject(paper);
  const { id } = await project.approved();
  paper.faults.push({ kind, done: false });
  await sendItem(project.desk(), id);
  expect(await report(paper)).toMatchObject({ status: kind, problem: expect.any(String) });
  await project.look((tx) => tx.outbox.transition(id, "approved", { approval: "apr-2" }).catch(() => undefined));
  project.now += 60 * MINUTE;
  await sendItem(project.desk(), id);
  expect((await project.row(id)).state).toBe("sent");
  expect((await report(paper)).status).toBe("configured");
});

test("what passes by itself is no status of the platform", async () => {
  const paper = paperPlatform();
  project = await paperProject(paper);
  const { id } = await project.approved();
  paper.faults.push({ kind: "rate_limited", done: false });
  await sendItem(project.desk(), id);
  expect((await report(paper)).status).toBe("configured");
});
