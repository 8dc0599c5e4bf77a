import { afterEach, expect, test } from "bun:test";
import { openStore } from "../../open.ts";
import { CAUSE, makeProject, type Project } from "../testing/fixtures.ts";
import { startWriter } from "../testing/processes.ts";

const PARTS = 9;
const KILLS = process.env["OHMYMKT_FULL"] === "1" ? 60 : 8;

const projects: Project[] = [];
afterEach(() => projects.splice(0).forEach((project) => project.remove()));

/** Everything that an import leaves, without the times. */
async function left({ directory }: Project): Promise<unknown> {
  const store = openStore({ directory, sync: "off" });
  const found = await store.transaction(CAUSE, async (tx) => {
    expect(await tx.observations.verify()).toMatchObject({ ok: true });
    const series = await tx.observations.series({ metric: "clicks", from: "2026-01-01", to: "2026-12-31" });
    const imports = await tx.observations.imports();
    const sealed = await tx.ledger.list({ kind: "observations.imported" });
    return {
      series,
      imports: imports.map((one) => ({ ...one, started_at: "", finished_at: "" })),
      evidence: sealed.map(({ evidence }) => evidence),
    };
  });
  await store.close();
  return found;
}

test(`an import that is killed ${KILLS} times and begun again leaves what an undisturbed one leaves`, async () => {
  const [calm, troubled] = [makeProject(), makeProject()];
  projects.push(calm, troubled);
  for (let kill = 0; kill < KILLS; kill += 1) {
    const writer = startWriter(troubled.directory, "import", "killed", PARTS, "off");
    await Promise.race([writer.started, Bun.sleep(200)]);
    await Bun.sleep(Math.random() * 12);
    await writer.kill();
    expect((await writer.ended).errors).toBe("");
  }
  for (const { directory } of [calm, troubled])
    expect(await startWriter(directory, "import", "whole", PARTS, "off").ended).toEqual({ code: 0, errors: "" });
  const expected = await left(calm);
  expect(await left(troubled)).toEqual(expected);
  expect(expected).toMatchObject({ imports: [{ parts: PARTS, rows: 2000 * PARTS }] });
}, 60_000);
