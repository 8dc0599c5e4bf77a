import { describe, expect, test } from "bun:test";
import { isAlive, systemWorld } from "./world.ts";

describe("the world of this process", () => {
  test("private addresses are open only where the variable says exactly 1", () => {
    const allowed = (value?: string) => systemWorld({ OHMYMKT_ALLOW_PRIVATE_ADDRESSES: value }).allowPrivate;
    expect([allowed(), allowed("0"), allowed("true"), allowed("1")]).toEqual([false, false, false, true]);
  });

  test("a variable that is set later counts", () => {
    const env: Record<string, string> = {};
    const world = systemWorld(env);
    env["OPENAI_API_KEY"] = "later";
    expect(world.env["OPENAI_API_KEY"]).toBe("later");
  });

  test("every world of a process has the same owner", () => {
    expect(systemWorld({}).owner).toEqual(systemWorld({}).owner);
    expect(systemWorld({}).owner.pid).toBe(process.pid);
  });

  test("names are looked up with their family", async () => {
    expect(await systemWorld({}).lookup("127.0.0.1")).toEqual([{ address: "127.0.0.1", family: 4 }]);
    expect(await systemWorld({}).lookup("::1")).toEqual([{ address: "::1", family: 6 }]);
  });

  test("a sleep ends at once when it is aborted, also before it began", async () => {
    const { sleep } = systemWorld({});
    const abort = new AbortController();
    const sleeping = sleep(60_000, abort.signal);
    abort.abort(new Error("enough"));
    await expect(sleeping).rejects.toThrow("enough");
    await expect(sleep(60_000, abort.signal)).rejects.toThrow("enough");
    expect(await sleep(1)).toBeUndefined();
  });

  test("a process that ended is not alive", async () => {
    const child = Bun.spawn(["true"]);
    expect(isAlive(process.pid)).toBe(true);
    await child.exited;
    expect(isAlive(child.pid)).toBe(false);
  });
});
