import { afterAll, beforeEach, describe, expect, test } from "bun:test";
import { failureOf, KEY, kindOf, publicInternet } from "./testing/public-internet.ts";
import type { World } from "./world.ts";

const internet = publicInternet();
beforeEach(() => internet.reset());
afterAll(() => internet.stop());

describe("hosts", () => {
  test.each([
    "https://api.example.com/v1",
    "https://API.EXAMPLE.COM/v1",
    "https://api.example.com:443/v1",
    "https://a.files.example.com/x",
    "https://a.b.files.example.com/x",
  ])("%s is reached", async (url) => {
    expect(await (await internet.network().fetch(url)).text()).toBe("fine");
  });

  test.each([
    "https://evil.com/",
    "https://api.example.com.evil.com/",
    "https://evil.com/https://api.example.com/",
    "https://api.example.com./",
    "https://api.example.com:8443/",
    "https://api.example.com@evil.com/",
    "https://user:pw@api.example.com/",
    "https://evil.com#api.example.com",
    "https://evil.com?.files.example.com",
    "https://files.example.com/",
    "https://.files.example.com/",
    "https://evilfiles.example.com/",
    "https://a.files.example.com:8080/",
    "https://аpi.example.com/",
    "https://xn--pi-7kc.example.com/",
    "https://api.example.com%00.evil.com/",
    "https://evil.com\\api.example.com/",
    "http://api.example.com/",
    "ftp://api.example.com/",
    "file:///etc/passwd",
    "data:text/plain,hello",
    "javascript:alert(1)",
    "//api.example.com/",
    "not an address",
    "",
  ])("%s is not", async (url) => {
    expect(await kindOf(internet.network().fetch(url))).toBe("rejected");
    expect(internet.arrived).toEqual([]);
  });

  test("a request object is judged by its own address", async () => {
    expect(
      await kindOf(internet.network().fetch(new Request("https://evil.com/", { method: "POST", body: "x" }))),
    ).toBe("rejected");
    await internet
      .network()
      .fetch(new Request("https://api.example.com/", { method: "POST", body: "x", headers: { a: "b" } }));
    expect(internet.arrived).toMatchObject([{ method: "POST", body: "x" }]);
    expect(internet.arrived[0]?.headers.get("a")).toBe("b");
  });

  test.each(["localhost", "2130706433", "0x7f.1", "0177.0.0.1", "127.1", "[::1]", "[::ffff:127.0.0.1]", "0.0.0.0"])(
    "an approved address of %s is refused where it leads",
    async (host) => {
      const own = new URL(`https://${host}/`);
      const lookup: World["lookup"] = async (name) => [
        { address: name === "localhost" ? "127.0.0.1" : "93.184.216.34", family: 4 },
      ];
      const error = await failureOf(internet.network({ own }, { lookup }).fetch(own));
      expect([error.kind, error.message]).toEqual(["rejected", expect.stringContaining("private address")]);
      expect(await kindOf(internet.network({ own }, { lookup }).resolve(own.hostname))).toBe("rejected");
      expect(internet.arrived).toEqual([]);
    },
  );

  test.each(["10.1.2.3", "169.254.169.254", "fd00:ec2::254", "::ffff:192.168.0.1", "0.0.0.0"])(
    "a name with one private address (%s) among several is refused",
    async (address) => {
      const lookup: World["lookup"] = async () => [
        { address: "93.184.216.34", family: 4 },
        { address, family: 4 },
      ];
      expect(await kindOf(internet.network({}, { lookup }).fetch("https://api.example.com/"))).toBe("rejected");
      expect(internet.arrived).toEqual([]);
    },
  );

  test("the name is judged again at every request", async () => {
    let address = "93.184.216.34";
    const guarded = internet.network({}, { lookup: async () => [{ address, family: 4 }] });
    await guarded.fetch("https://api.example.com/");
    address = "127.0.0.1";
    expect(await kindOf(guarded.fetch("https://api.example.com/"))).toBe("rejected");
    expect(internet.arrived).toHaveLength(1);
  });

  test("plain http is for the approved address, and only where private addresses may be reached", async () => {
    const own = new URL(`http://127.0.0.1:${internet.port}/`);
    expect(await kindOf(internet.network({ own }).fetch(own))).toBe("rejected");
    const blog = new URL("http://blog.example.org/");
    expect(await kindOf(internet.network({ own: blog }).fetch(blog))).toBe("rejected");
    const open = internet.network({ own }, { allowPrivate: true });
    expect((await open.fetch(own)).status).toBe(200);
    expect(await kindOf(open.fetch("http://api.example.com/"))).toBe("rejected");
    expect(await kindOf(open.fetch(`https://127.0.0.1:${internet.port}/`))).toBe("rejected");
  });

  test("http without a secret is fine, and connects to the address that was judged", async () => {
    const asked: string[] = [];
    const watch: World["fetch"] = async (input, init) => {
      asked.push(`${input instanceof URL ? input.href : ""} ${new Headers(init?.headers).get("host")}`);
      return new Response("fine");
    };
    await internet.network({ plain: true }, { fetch: watch }).fetch("http://api.example.com/x");
    const lookup: World["lookup"] = async () => [{ address: "2606:4700::1111", family: 6 }];
    await internet.network({ plain: true }, { fetch: watch, lookup }).fetch("http://api.example.com/x");
    expect(asked).toEqual(["http://93.184.216.34/x api.example.com", "http://[2606:4700::1111]/x api.example.com"]);
    expect(await kindOf(internet.network({ plain: true }).fetch("ftp://api.example.com/x"))).toBe("rejected");
  });

  test("a name that nobody can look up, or not in time, is unreachable", async () => {
    const lost: World["lookup"] = async () => Promise.reject(new Error(`no such name ${KEY}`));
    expect(await kindOf(internet.network({}, { lookup: lost }).fetch("https://api.example.com/"))).toBe("unreachable");
    expect(await kindOf(internet.network({}, { lookup: async () => [] }).fetch("https://api.example.com/"))).toBe(
      "unreachable",
    );
    const never: World["lookup"] = async () => new Promise(() => undefined);
    const slow = internet.network({ timeoutMs: 50 }, { lookup: never });
    expect(await kindOf(slow.fetch("https://api.example.com/"))).toBe("unreachable");
    expect(await kindOf(slow.resolve("api.example.com"))).toBe("unreachable");
  });

  test("resolve knows the provider's hosts only, and gives the address that was judged", async () => {
    expect(await internet.network().resolve("api.example.com")).toEqual({ address: "93.184.216.34", family: 4 });
    expect(await kindOf(internet.network().resolve("evil.com"))).toBe("rejected");
    const own = new URL("smtp://mail.example.org:587");
    expect(await internet.network({ own, hosts: [] }).resolve("mail.example.org")).toMatchObject({ family: 4 });
  });
});

describe("redirects", () => {
  const to = (location: string, status = 302): void => {
    internet.answer = ({ path }) =>
      path === "/start" ? new Response("", { status, headers: { location } }) : new Response("there");
  };
  const CREDENTIALS = {
    authorization: `Bearer ${KEY}`,
    cookie: `k=${KEY}`,
    "x-goog-api-key": KEY,
    "api-key": KEY,
    "x-api-key": KEY,
    "x-anything-at-all": KEY,
    accept: "application/json",
  };

  test("to the same origin keeps the key", async () => {
    to("/next");
    await internet.network().fetch("https://api.example.com/start", { headers: CREDENTIALS });
    expect(internet.arrived[1]?.headers.get("x-goog-api-key")).toBe(KEY);
  });

  test("to another host of the provider leaves every header behind that could hold a key", async () => {
    to("https://a.files.example.com/next");
    const response = await internet.network().fetch("https://api.example.com/start", { headers: CREDENTIALS });
    expect(response.url).toBe("https://a.files.example.com/next");
    expect(internet.arrived[1]?.headers.get("accept")).toBe("application/json");
    expect(JSON.stringify([...(internet.arrived[1]?.headers ?? [])])).not.toContain(KEY);
  });

  test.each([
    "https://evil.com/next",
    "http://api.example.com/next",
    "http://a.files.example.com/next",
    "//evil.com/next",
    "https://api.example.com:8443/next",
    "https://user:pw@api.example.com/next",
    "file:///etc/passwd",
    "https://[",
  ])("to %s is refused", async (location) => {
    to(location);
    expect(await kindOf(internet.network().fetch("https://api.example.com/start", { headers: CREDENTIALS }))).toBe(
      "rejected",
    );
    expect(internet.arrived).toHaveLength(1);
  });

  test("from https to http is refused even to the approved address", async () => {
    to(`http://127.0.0.1:${internet.port}/next`);
    const own = new URL(`http://127.0.0.1:${internet.port}/`);
    const open = internet.network({ own }, { allowPrivate: true });
    expect(await kindOf(open.fetch("https://api.example.com/start"))).toBe("rejected");
  });

  test("to a name that leads to a private address is refused", async () => {
    to("https://inside.files.example.com/next");
    const lookup: World["lookup"] = async (host) => [
      { address: host.startsWith("inside") ? "10.0.0.1" : "93.184.216.34", family: 4 },
    ];
    expect(await kindOf(internet.network({}, { lookup }).fetch("https://api.example.com/start"))).toBe("rejected");
    expect(internet.arrived).toHaveLength(1);
  });

  test.each([
    [301, "POST"],
    [302, "POST"],
    [303, "POST"],
    [307, "POST"],
    [308, "PUT"],
    [307, "DELETE"],
    [302, "PATCH"],
  ])("%d after a %s is not followed, but returned", async (status, method) => {
    to("https://a.files.example.com/next", status);
    const response = await internet
      .network()
      .fetch("https://api.example.com/start", { method, body: "secret content" });
    expect([response.status, internet.arrived.length]).toEqual([status, 1]);
  });

  test("in a circle ends", async () => {
    internet.answer = () => new Response("", { status: 302, headers: { location: "/start" } });
    expect(await kindOf(internet.network().fetch("https://api.example.com/start"))).toBe("rejected");
    expect(internet.arrived.length).toBeLessThan(6);
  });

  test("is returned or refused where the caller wants that", async () => {
    to("/next");
    expect((await internet.network().fetch("https://api.example.com/start", { redirect: "manual" })).status).toBe(302);
    expect(await kindOf(internet.network().fetch("https://api.example.com/start", { redirect: "error" }))).toBe(
      "rejected",
    );
    expect(internet.arrived).toHaveLength(2);
  });
});
