import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { createHash } from "node:crypto";
import { mkdirSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { OUTBOX_STATES, type OutboxChange, type OutboxState } from "../../lib/outbox.ts";
import { png } from "../../testing/media-files.ts";
import { drain } from "./drain.ts";
import { mediaBytes } from "./media.ts";
import { sendAll } from "./send-all.ts";
import type { Draft } from "../../providers/publish/adapter.ts";
import { SMTP } from "../../providers/publish/smtp.ts";
import { paperPlatform, type Paper } from "./testing/paper.ts";
import { before, MINUTE, paperProject, type PaperProject } from "./testing/paper-project.ts";

let project: PaperProject;
let paper: Paper;
beforeEach(async () => {
  paper = paperPlatform();
  project = await paperProject(paper);
});
afterEach(() => project.dispose());

const WAY: Record<OutboxState, readonly OutboxState[]> = {
  draft: [],
  approved: ["approved"],
  scheduled: ["approved", "scheduled"],
  sending: ["approved", "sending"],
  sent: ["approved", "sending", "sent"],
  unknown: ["approved", "sending", "unknown"],
  retryable: ["approved", "sending", "retryable"],
  rejected: ["approved", "sending", "rejected"],
  quota_paused: ["approved", "sending", "quota_paused"],
  held: ["approved", "held"],
  cancelled: ["cancelled"],
  retracting: ["approved", "sending", "sent", "retracting"],
  retracted: ["approved", "sending", "sent", "retracting", "retracted"],
  retract_failed: ["approved", "sending", "sent", "retracting", "retract_failed"],
};
const GROUND: Partial<Record<OutboxState, OutboxChange>> = {
  approved: { approval: "apr-1" },
  sending: { owner: { pid: 1, boot: "boot-1" } },
  sent: { receipt: { remote_id: "r" } },
};

async function put(state: OutboxState): Promise<string> {
  const [draft] = await project.compose();
  const id = draft?.id ?? "";
  await project.look(async (tx) => {
    for (const to of WAY[state]) await tx.outbox.transition(id, to, GROUND[to]);
  });
  return id;
}

const OVER: readonly OutboxState[] = ["rejected", "cancelled", "retracted"];
const UNSENT: readonly OutboxState[] = ["draft", "approved", "scheduled", "retryable", "quota_paused", "held"];

describe("the same content composed again", () => {
  test.each(OUTBOX_STATES.map((state) => [state]))("while it is %s", async (state) => {
    const id = await put(state);
    const [again] = await project.compose();
    expect([again?.id === id, again?.state]).toEqual(OVER.includes(state) ? [false, "draft"] : [true, state]);
    expect((await project.compose())[0]?.id).toBe(again?.id ?? "");
  });

  test.each(OUTBOX_STATES.map((state) => [state]))("under other settings while it is %s", async (state) => {
    const id = await put(state);
    await project.configure({ tone: "loud" });
    const [again] = await project.compose();
    const anew = OVER.includes(state) || UNSENT.includes(state);
    expect(again?.id === id).toBe(!anew);
    if (UNSENT.includes(state)) expect((await project.row(id)).state).toBe("cancelled");
  });

  test("with other words for the wire replaces what was not sent, and repeats nothing that was", async () => {
    const { compose } = paper.adapter;
    let facets = 1;
    paper.adapter.compose = (draft, setting) => {
      const made = compose(draft, setting);
      return { ...made, payloads: made.payloads.map((payload) => ({ ...payload, wire: { facets } })) };
    };
    const first = await put("approved");
    facets = 2;
    const [second] = await project.compose();
    expect(second?.id).not.toBe(first);
    await project.look(async (tx) => {
      for (const to of WAY.sent) await tx.outbox.transition(second?.id ?? "", to, GROUND[to]);
    });
    facets = 3;
    expect((await project.compose())[0]?.id).toBe(second?.id ?? "");
  });
});

describe("pictures", () => {
  beforeEach(() => {
    mkdirSync(join(project.directory, "img"));
    writeFileSync(join(project.directory, "img/a.png"), png(30, 20));
  });

  test("named in several ways go out once", async () => {
    const [row] = await project.compose({ media: ["img/a.png", "./img/a.png", "img/../img/a.png"] });
    expect(row?.payload.media.map(({ path }) => path)).toEqual(["img/a.png"]);
  });

  test.each(["../a.png", "/etc/passwd", ".git/a.png", "img", "img/none.png", "img/.a.png"])(
    "%s is refused",
    async (path) => {
      expect(await project.compose({ media: [path] }).catch((error: unknown) => String(error))).toStartWith(
        "OhmymktError",
      );
    },
  );

  test("of any size are hashed without being held in memory", async () => {
    const path = join(project.directory, "img/film.mp4");
    writeFileSync(path, Buffer.from("\0\0\0\x18ftypisom\0\0\x02\0isomiso2mp41", "latin1"));
    truncateSync(path, 200 * 1024 * 1024);
    // A process of its own: what other tests have freed counts for this one's memory until it is collected.
    const child = Bun.spawnSync([
      process.execPath,
      join(import.meta.dir, "testing/hash-media.ts"),
      project.directory,
      "img/film.mp4",
    ]);
    const { mime, size, grown } = JSON.parse(child.stdout.toString()) as { mime: string; size: number; grown: number };
    expect({ mime, size }).toEqual({ mime: "video/mp4", size: 200 * 1024 * 1024 });
    expect(grown / 1024 / 1024).toBeLessThan(100);
  });

  test("are handed over as the bytes that were hashed", async () => {
    const { bytes, hash } = await mediaBytes(project.store, "img/a.png");
    expect(Buffer.from(bytes).equals(Buffer.from(png(30, 20)))).toBe(true);
    expect(hash).toBe(createHash("sha256").update(png(30, 20)).digest("hex"));
  });
});

describe("a call that ends early", () => {
  async function ten(): Promise<Awaited<ReturnType<PaperProject["row"]>>[]> {
    const rows = [];
    for (let post = 0; post < 10; post += 1) rows.push(await project.approved({ content: `Post ${post}` }));
    return rows;
  }

  test("because it was stopped begins nothing further, and says what becomes of the rest", async () => {
    const stop = new AbortController();
    const rows = await ten();
    before(paper, "send", async () => {
      if (paper.sends.length === 2) stop.abort();
    });
    const told = await sendAll(project.desk(1, { signal: stop.signal }), rows);
    const states: string[] = told.map(({ item }) => item.state);
    expect(states).toEqual([...Array<string>(3).fill("sent"), ...Array<string>(7).fill("approved")]);
    expect(told.at(-1)?.why).toContain('action: "cancel" stops it');
  });

  test("because its time is over leaves the rest to the next look", async () => {
    await ten();
    before(paper, "send", async () => void (project.now += MINUTE));
    await drain(project.desk(), { until: project.now + 3 * MINUTE });
    expect(paper.sends).toHaveLength(4);
    await drain(project.desk());
    expect(paper.sends).toHaveLength(10);
  });
});

test("that a mail has no way to unsubscribe is said once, with what to set", async () => {
  const options = { from: "news@acme.example" };
  const mails = (draft: Draft) => SMTP.compose(draft, { options, url: undefined });
  paper.adapter = { ...paper.adapter, audience: true, compose: mails };
  const [row] = await project.compose({ title: "News", audience: "ada@example.org", class: "content" });
  expect(row?.warnings).toEqual([
    "there is no way to unsubscribe; set the option unsubscribe to an https or mailto address",
  ]);
});
