import { describe, expect, test } from "bun:test";
import {
  ENDED_STATES,
  isEnded,
  JOB_STATES,
  JOB_TRANSITIONS,
  type Job,
  type JobState,
  type NewJob,
} from "../../lib/jobs.ts";
import type { Transaction } from "../store.ts";
import { type Bench, at, HOUR, refused } from "./bench.ts";

const OWNER = { pid: 7, boot: "boot-1" };

const job = (title: string, more: Partial<NewJob> = {}): NewJob => ({
  parent_session: "ses_p",
  parent_agent: "lead",
  root_session: "ses_p",
  agent: "helper",
  title,
  prompt: "Do it.",
  owner: OWNER,
  ...more,
});

/** The states from `queued` to this one. */
const WAY: Record<JobState, JobState[]> = {
  queued: [],
  running: ["running"],
  completed: ["running", "completed"],
  failed: ["failed"],
  cancelled: ["cancelled"],
  lost: ["running", "lost"],
};

/** What holds for background jobs. */
export function jobPromises(bench: Bench): void {
  const { run, pass } = bench;
  const made = (state: JobState): Promise<Job> =>
    run(async (tx) => {
      let one = await tx.jobs.create(job(state));
      for (const to of WAY[state]) one = await tx.jobs.transition(one.id, to);
      return one;
    });

  describe("jobs", () => {
    test("are queued when made, and another store sees them as they are", async () => {
      const one = await run((tx) => tx.jobs.create(job("a")));
      expect(one).toEqual({ ...job("a"), id: one.id, state: "queued", created_at: at(0) });
      expect(one.id).toMatch(/^job-[0-9a-z]{10,}$/);
      const other = bench.another();
      expect(await run((tx) => tx.jobs.get(one.id), other)).toEqual(one);
      await other.close();
      expect(await run((tx) => tx.jobs.get("job-none"))).toBeUndefined();
    });

    test("keep session, owner, times and what their end left", async () => {
      const { id } = await run((tx) => tx.jobs.create(job("a")));
      pass(HOUR);
      await run((tx) => tx.jobs.transition(id, "running"));
      await run((tx) => tx.jobs.assign(id, { child_session: "ses_c" }));
      await run((tx) => tx.jobs.assign(id, { owner: { pid: 8, boot: "boot-2" } }));
      pass(HOUR);
      const ended = await run((tx) => tx.jobs.transition(id, "completed", { result: "done", tokens: 15 }));
      expect(ended).toEqual({
        ...job("a"),
        id,
        state: "completed",
        child_session: "ses_c",
        owner: { pid: 8, boot: "boot-2" },
        created_at: at(0),
        started_at: at(1),
        finished_at: at(2),
        result: "done",
        tokens: 15,
      });
    });

    test("move along the table only, and an end is never left", async () => {
      for (const from of JOB_STATES) {
        for (const to of JOB_STATES) {
          const { id } = await made(from);
          const outcome: unknown = await run((tx) => tx.jobs.transition(id, to)).catch((error: unknown) => error);
          const allowed: readonly JobState[] = JOB_TRANSITIONS[from];
          if (allowed.includes(to))
            expect([from, to, outcome]).toEqual([from, to, expect.objectContaining({ state: to })]);
          else expect([from, to, outcome]).toEqual([from, to, refused("invalid_transition")]);
          expect((await run((tx) => tx.jobs.get(id)))?.state).toBe(allowed.includes(to) ? to : from);
        }
      }
    });

    test("are told and read once, the first time counts, and only after their end", async () => {
      const { id } = await made("completed");
      pass(HOUR);
      expect(await run((tx) => tx.jobs.mark(id, "notified"))).toMatchObject({ notified_at: at(1) });
      pass(HOUR);
      expect(await run((tx) => tx.jobs.mark(id, "notified"))).toMatchObject({ notified_at: at(1) });
      expect(await run((tx) => tx.jobs.mark(id, "read"))).toMatchObject({ notified_at: at(1), read_at: at(2) });
      const running = await made("running");
      expect(await run((tx) => tx.jobs.mark(running.id, "read")).catch((error: unknown) => error)).toEqual(
        refused("invalid_transition", /running/),
      );
    });

    test("are listed oldest first, by state, session, child, and what is still to tell or to read", async () => {
      for (const state of JOB_STATES) await made(state);
      await run(async (tx) => {
        const below = await tx.jobs.create(job("below", { parent_session: "ses_x" }));
        await tx.jobs.assign(below.id, { child_session: "ses_c" });
        const far = await tx.jobs.create(
          job("far", { parent_session: "ses_y", root_session: "ses_z", agent: "other" }),
        );
        await tx.jobs.transition(far.id, "cancelled");
        await tx.jobs.mark(far.id, "notified");
      });
      await run(async (tx) => {
        const titles = async (filter: Parameters<Transaction["jobs"]["list"]>[0]) =>
          (await tx.jobs.list(filter)).map(({ title }) => title);
        expect(await titles({})).toEqual([...JOB_STATES, "below", "far"]);
        expect(await titles({ state: ["running", "lost"] })).toEqual(["running", "lost"]);
        expect(await titles({ session: "ses_p" })).toEqual([...JOB_STATES, "below"]);
        expect(await titles({ session: "ses_x" })).toEqual(["below"]);
        expect(await titles({ child: "ses_c" })).toEqual(["below"]);
        expect(await titles({ agent: "other" })).toEqual(["far"]);
        expect(await titles({ untold: true })).toEqual([...ENDED_STATES]);
        expect(await titles({ unread: true })).toEqual([...ENDED_STATES, "far"]);
        expect(await titles({ limit: 2, offset: 1 })).toEqual(["running", "completed"]);
        expect((await tx.jobs.list()).filter(isEnded)).toHaveLength(5);
      });
    });

    test.each<[Partial<NewJob>, RegExp]>([
      [{ prompt: "" }, /prompt/],
      [{ agent: "" }, /agent/],
      [{ owner: { pid: 1.5, boot: "b" } }, /owner/],
    ])("are refused with %j", async (change, pattern) => {
      expect(await run((tx) => tx.jobs.create(job("a", change))).catch((error: unknown) => error)).toEqual(
        refused("invalid_arguments", pattern),
      );
      expect(await run((tx) => tx.jobs.list())).toEqual([]);
    });

    test.each<[string, (tx: Transaction) => Promise<unknown>]>([
      ["transition", (tx) => tx.jobs.transition("job-none", "running")],
      ["assign", (tx) => tx.jobs.assign("job-none", { child_session: "s" })],
      ["mark", (tx) => tx.jobs.mark("job-none", "read")],
    ])("%s of one that does not exist is not_found", async (_what, work) => {
      expect(await run(work).catch((error: unknown) => error)).toEqual(refused("not_found", /job-none/));
    });
  });
}
