import { describe, expect, test } from "bun:test";
import { createSessionNews } from "./session-news.ts";

const news = () => {
  const heard: string[] = [];
  const alive: string[] = [];
  return {
    heard,
    alive,
    ...createSessionNews({
      alive: (id) => alive.push(id),
      idle: (id) => heard.push(`idle ${id}`),
      deleted: (id) => heard.push(`deleted ${id}`),
    }),
  };
};
const about = (type: string, more: object = {}) => ({ type, properties: { sessionID: "ses_1", ...more } });

describe("news of sessions", () => {
  test("idle and deleted are passed on, and wake who waits", async () => {
    const one = news();
    const waiting = one.nextIdle("ses_1", new AbortController().signal);
    one.hear(about("session.idle"));
    await waiting;
    one.hear({ type: "session.deleted", properties: { info: { id: "ses_2" } } });
    expect(one.heard).toEqual(["idle ses_1", "deleted ses_2"]);
  });

  test("whatever is said of a session, or of a part of it, is a sign of life", () => {
    const one = news();
    one.hear(about("session.status", { status: { type: "busy" } }));
    one.hear({ type: "message.part.updated", properties: { part: { sessionID: "ses_2" } } });
    one.hear({ type: "server.connected", properties: {} });
    expect(one.alive).toEqual(["ses_1", "ses_2"]);
  });

  test("a session waits for a person from the question to its answer, or to its end", () => {
    const one = news();
    one.hear(about("permission.asked", { id: "per_1" }));
    one.hear(about("question.asked", { id: "que_1" }));
    one.hear(about("permission.replied", { requestID: "per_1", reply: "once" }));
    expect([one.waitsForPerson("ses_1"), one.waitsForPerson("ses_2")]).toEqual([true, false]);
    one.hear(about("question.rejected", { requestID: "que_1" }));
    expect(one.waitsForPerson("ses_1")).toBe(false);
    one.hear(about("permission.asked", { id: "per_2" }));
    one.hear(about("session.idle"));
    expect(one.waitsForPerson("ses_1")).toBe(false);
  });

  test("a failure is kept until the next turn", () => {
    const one = news();
    one.hear(about("session.error", { error: { name: "UnknownError", data: { message: "no such model" } } }));
    expect(one.failure("ses_1")).toBe("no such model");
    one.hear(about("session.status", { status: { type: "busy" } }));
    expect(one.failure("ses_1")).toBeUndefined();
  });

  test.each([
    { type: "x" },
    { type: "session.idle", properties: null },
    { type: "session.idle", properties: { sessionID: 7 } },
  ])("%j says nothing", (event) => {
    const one = news();
    one.hear(event);
    expect(one.heard).toEqual([]);
  });

  test("who stops waiting leaves nothing behind", async () => {
    const one = news();
    const stop = new AbortController();
    const waiting = one.nextIdle("ses_1", stop.signal);
    stop.abort();
    await waiting;
  });
});
