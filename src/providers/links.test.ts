import { expect, test } from "bun:test";
import { testWorld } from "../testing/provider-world.ts";
import { checkLinks } from "./links.ts";

type Answer = (request: { url: string; method: string; signal: AbortSignal | null }) => Response | Promise<Response>;

/** Names below .private lie in a private network, .nowhere is not there; everything else is public. */
async function look(urls: readonly string[], answer: Answer, signal = new AbortController().signal): Promise<string[]> {
  const asked: string[] = [];
  const world = testWorld({
    allowPrivate: false,
    async lookup(host) {
      if (host.endsWith(".nowhere")) throw new Error("ENOTFOUND");
      return [{ address: host.endsWith(".private") ? "10.0.0.7" : "93.184.216.34", family: 4 as const }];
    },
    async fetch(input, init) {
      const url = input instanceof Request ? input.url : input.toString();
      asked.push(`${init?.method} ${url}`);
      return answer({ url, method: init?.method ?? "GET", signal: init?.signal ?? null });
    },
  });
  const found = await checkLinks(urls, world, signal);
  return [...found.map(({ url, problem }) => `${url} ${problem}`), ...asked];
}

const ok: Answer = () => new Response("fine");

test.each<[string, number, number, string[]]>([
  ["is there", 200, 200, []],
  ["is gone", 410, 410, ["answers 410"]],
  ["is not there", 404, 404, ["answers 404"]],
  ["is there for readers, though not for HEAD", 404, 200, []],
  ["forbids robots", 403, 403, []],
  ["knows no HEAD", 405, 200, []],
  ["is broken today", 503, 503, []],
])("a page that %s", async (_name, head, get, problems) => {
  const told = await look(
    ["https://a.example/x"],
    ({ method }) => new Response(method === "HEAD" ? null : "x", { status: method === "HEAD" ? head : get }),
  );
  expect(told.filter((line) => line.startsWith("https"))).toEqual(problems.map((one) => `https://a.example/x ${one}`));
});

test.each([
  "https://inner.private/admin",
  "https://127.0.0.1/",
  "https://[::1]/",
  "https://169.254.169.254/latest/meta-data",
  "https://0x7f000001/",
  "https://2130706433/",
  "https://[::ffff:10.0.0.1]/",
])("%s is never asked", async (url) => {
  const told = await look([url], ok);
  expect(told).toHaveLength(1);
  expect(told[0]).toContain("leads to a private address");
});

test.each([
  "https://inner.private/",
  "http://169.254.169.254/",
  "https://10.1.2.3/",
  "file:///etc/passwd",
  "gopher://x",
])("a redirect to %s is not followed", async (location) => {
  const told = await look(["https://a.example/x"], () => new Response(null, { status: 302, headers: { location } }));
  expect(told.filter((line) => /^(?:HEAD|GET)/.test(line))).toEqual(["HEAD https://a.example/x"]);
});

test("a user name or password in an address is told, and sent nowhere", async () => {
  expect(await look(["https://ann:secret@a.example/"], ok)).toEqual([
    "https://ann:secret@a.example/ holds a user name or password for everybody to read",
  ]);
});

test("names that are not there, and no names at all", async () => {
  expect(await look(["https://x.nowhere/"], ok)).toEqual(["https://x.nowhere/ cannot be reached"]);
  expect(await look(["https://", "https://a b"], ok)).toEqual([
    "https:// is no web address",
    "https://a b is no web address",
  ]);
});

test("a server that never answers holds nobody up for longer than the call", async () => {
  const stop = new AbortController();
  const hangs: Answer = ({ signal }) =>
    new Promise((_resolve, reject) => {
      signal?.addEventListener("abort", () => reject(new Error("aborted")));
      stop.abort();
    });
  expect((await look(["https://a.example/"], hangs, stop.signal)).filter((line) => line.startsWith("https"))).toEqual(
    [],
  );
});
