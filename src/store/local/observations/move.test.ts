import { Database } from "bun:sqlite";
import { afterEach, beforeEach, expect, test } from "bun:test";
import { openStore } from "../../open.ts";
import { APPLICATION_ID } from "../database.ts";
import { SCHEMA_STEPS } from "../schema.ts";
import { CAUSE, makeProject, type Project } from "../testing/fixtures.ts";

/** The steps that a database had before series and batches. */
const OLD_STEPS = 2;
const DAY = Date.parse("2026-01-05T00:00:00Z");
const NOON = DAY + 43_200_000;
const [ANN, BEN] = ['{"host":"cli","name":"ann"}', '{"host":"mcp"}'];

/** metric, observed_at, seq, id, track, value, trend, unit, source, recorded_at, actor */
const ROWS = [
  ["ctr", DAY, 1, "obs-old1", "visibility_track", 0.5, null, "share", "gsc", DAY, ANN],
  ["ctr", DAY, 2, "obs-old2", "visibility_track", 0.5, null, "share", "gsc", DAY, ANN],
  ["ctr", DAY, 3, "obs-old3", "visibility_track", 0.6, null, null, "gsc", DAY, BEN],
  ["conversion_assist", NOON, 4, "obs-old4", "quality_track", null, "up", null, "crm", NOON, ANN],
  ["brand", NOON, 5, "obs-old5", "visibility_track", null, null, null, "crm", DAY, ANN],
] as const;

let project: Project;
beforeEach(() => {
  project = makeProject();
  project.put("ohmymkt.db", "");
  const database = new Database(project.path("ohmymkt.db"));
  database.run(`PRAGMA application_id = ${APPLICATION_ID}`);
  for (const step of SCHEMA_STEPS.slice(0, OLD_STEPS)) database.run(step);
  database.run(`PRAGMA user_version = ${OLD_STEPS}`);
  const columns = "metric, observed_at, seq, id, track, value, trend, unit, source, recorded_at, actor";
  for (const row of ROWS) database.run(`INSERT INTO observation(${columns}) VALUES(?,?,?,?,?,?,?,?,?,?,?)`, [...row]);
  database.close();
});
afterEach(() => project.remove());

test("an older database keeps every observation under its id, in its order, and takes new ones", async () => {
  const store = openStore({ directory: project.directory, sync: "off" });
  await store.transaction(CAUSE, async (tx) => {
    const listed = await tx.observations.list({});
    expect(
      listed.map((one) => {
        const [value, trend, unit] = [one.value ?? null, one.trend ?? null, one.unit ?? null];
        const [observed, recorded] = [Date.parse(one.observed_at), Date.parse(one.recorded_at)];
        return [
          one.metric,
          observed,
          one.id,
          one.track,
          value,
          trend,
          unit,
          one.source,
          recorded,
          JSON.stringify(one.actor),
        ];
      }),
    ).toEqual(ROWS.map(([metric, observed, _seq, ...rest]) => [metric, observed, ...rest]));
    for (const one of listed) expect(await tx.observations.get(one.id)).toEqual(one);
    const [share] = await tx.observations.series({ metric: "ctr", from: "2026-01-01", to: "2026-01-31" });
    expect(share).toMatchObject({ points: [{ day: "2026-01-05", value: 0.6, observation: "obs-old3" }] });
    expect(await tx.observations.lastSeq()).toBe(5);
    expect(await tx.observations.imports()).toEqual([]);

    const [added] = await tx.observations.append([
      {
        track: "visibility_track",
        metric: "ctr",
        source: "gsc",
        unit: "share",
        value: 1,
        observed_at: "2026-01-06T00:00:00Z",
      },
    ]);
    expect(await tx.observations.get(added?.id ?? "")).toEqual(added);
    expect(await tx.observations.lastSeq()).toBe(6);
    expect(await tx.observations.list({ metric: "ctr" })).toHaveLength(4);
    expect(await tx.observations.verify()).toEqual({ ok: true, rows: 6, batches: 4, unsealed: 5 });
  });
  await store.close();
});
