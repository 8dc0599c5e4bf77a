import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { installGhost } from "../../testing/servers/ghost-install.ts";
import { startGhost, type GhostServer } from "../../testing/servers/ghost-server.ts";
import { liveCache } from "../../testing/servers/live-tests.ts";
import { describeAdapter } from "./conformance.ts";
import { makeBench } from "./testing/bench.ts";
import { ghostSubject, serveGhost } from "./testing/ghost-subject.ts";

// A write of Ghost takes some tenths of a second here.
const PATIENCE_MS = 5000;

describe("a real Ghost", () => {
  let ghost: GhostServer;
  beforeAll(async () => {
    ghost = await startGhost(await installGhost(liveCache()));
  }, 300_000);
  afterAll(() => ghost.stop());
  const subject = ghostSubject("real", () => serveGhost(ghost), PATIENCE_MS);

  describeAdapter(subject);

  test("processes that send the same at once publish one post", async () => {
    const bench = makeBench(subject, await serveGhost(ghost));
    const post = bench.post("none" in subject.media ? subject.draft : subject.media.draft);
    await Promise.allSettled([post.send(), post.send(), post.send()]);
    await post.send();
    expect(await bench.server.published()).toHaveLength(1);
    await bench.server.close();
  });

  test("readers see it when it is published, and no more when it was taken back", async () => {
    const bench = makeBench(subject, await serveGhost(ghost));
    const post = bench.post(subject.draft);
    const { url = "" } = await post.send();
    const page = await fetch(url);
    expect(page.status).toBe(200);
    expect(await page.text()).toContain("Read <strong>this</strong>");
    await post.retract();
    expect((await fetch(url)).status).toBe(404);
    await bench.server.close();
  });
});
