import { afterAll, expect, test } from "bun:test";
import { existsSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { OhmymktError } from "../../errors.ts";
import type { JsonObject } from "../../lib/json.ts";
import { eventually, processesWith, zombies } from "../../testing/process-list.ts";
import { makeWorkspace } from "../../testing/temp-workspace.ts";
import { ProviderFailure } from "../failure.ts";
import { builtin } from "./builtin.ts";
import { encoderArguments } from "./ffmpeg.ts";
import { TEMPLATES } from "./templates.ts";
import { fakeFfmpeg } from "./testing/fake-program.ts";
import type { RenderRequest, Workplace } from "./video-template-provider.ts";

const workspace = makeWorkspace();
afterAll(() => workspace.dispose());
let made = 0;
function folder(): string {
  const path = join(workspace.directory, String((made += 1)));
  mkdirSync(path);
  return path;
}
const place = (env: Workplace["env"]): Workplace => ({
  directory: workspace.directory,
  env: { PATH: "/usr/bin:/bin", ...env },
});
const example: JsonObject = TEMPLATES[0].example;
const request = (over: Partial<RenderRequest> = {}): RenderRequest => ({
  template: "title-card",
  props: example,
  aspect: "16:9",
  durationSec: 1,
  files: new Map(),
  output: join(workspace.directory, "film.mp4"),
  signal: new AbortController().signal,
  ...over,
});
const thrown = async (work: () => unknown): Promise<unknown> => {
  try {
    return await work();
  } catch (error) {
    return error;
  }
};

test("without ffmpeg the message names how to install it on three systems, and nothing is started", async () => {
  const empty = folder();
  const found = await builtin.available(place({ PATH: empty }));
  expect(found).toMatchObject({ ok: false });
  const message = found.ok ? "" : found.message;
  for (const words of [
    "expected ffmpeg on the PATH, found none",
    "apt-get install ffmpeg",
    "brew install ffmpeg",
    "winget install Gyan.FFmpeg",
    "OHMYMKT_FFMPEG",
  ])
    expect(message).toContain(words);
  const failure = await thrown(() => builtin.render(request(), place({ PATH: empty })));
  expect(failure).toBeInstanceOf(ProviderFailure);
  expect(failure).toMatchObject({ kind: "missing", message });
  expect(await builtin.available(place({ OHMYMKT_FFMPEG: "/nowhere/ffmpeg" }))).toMatchObject({
    message: expect.stringContaining("expected ffmpeg at OHMYMKT_FFMPEG=/nowhere/ffmpeg, found no program there"),
  });
});

test("an ffmpeg without libx264, or that is something else, is told apart", async () => {
  const own = folder();
  const path = fakeFfmpeg(own, "");
  expect(await builtin.available(place({ OHMYMKT_FFMPEG: path }))).toEqual({ ok: true, detail: path });
  writeFileSync(path, "#!/bin/sh\necho \"Codec 'libx264' is neither a decoder nor an encoder\"\n");
  expect(await builtin.available(place({ OHMYMKT_FFMPEG: path }))).toMatchObject({
    ok: false,
    message: expect.stringContaining(`expected an ffmpeg with libx264 at ${path}, got: Codec 'libx264' is neither`),
  });
});

test("an ffmpeg that fails is quoted: its last lines, without colours, and nothing is left", async () => {
  const own = folder();
  const path = fakeFfmpeg(
    own,
    `for i in 1 2 3 4 5 6 7 8 9; do printf '\\033[31mline %s\\033[0m\\n' $i >&2; done; head -c 100 >/dev/null; echo torn > "${own}/film.mp4"; exit 3`,
  );
  const output = join(own, "film.mp4");
  const failure = await thrown(() => builtin.render(request({ output }), place({ OHMYMKT_FFMPEG: path })));
  expect(failure).toMatchObject({
    kind: "unavailable",
    message: "the film could not be made: ffmpeg ended with code 3:\nline 4\nline 5\nline 6\nline 7\nline 8\nline 9",
  });
  expect(existsSync(output)).toBe(false);
});

test("letters that no font has are no film of boxes: they are named, and nothing is encoded", async () => {
  const own = folder();
  const path = fakeFfmpeg(own, `echo started > "${own}/started"`);
  const output = join(own, "film.mp4");
  const props = { title: "了解哪些页面真正带来收入" };
  const failure = await thrown(() => builtin.render(request({ props, output }), place({ OHMYMKT_FFMPEG: path })));
  expect(failure).toMatchObject({
    code: "invalid_arguments",
    message: expect.stringContaining(
      "no glyph for 了 解 哪 些 页 面 真 正 带 来 收 入; leave them out, or name a font file",
    ),
  });
  expect(readdirSync(own)).toEqual(["ffmpeg"]);
});

test("an ffmpeg that takes nothing holds up the drawing; an abort ends both, with its reason and without a rest", async () => {
  const own = folder();
  const path = fakeFfmpeg(own, `echo torn > "${own}/film.mp4"; exec sleep 100.${process.pid}`);
  const output = join(own, "film.mp4");
  const abort = new AbortController();
  const heard: number[] = [];
  const work = builtin.render(
    request({ output, durationSec: 60, signal: abort.signal, progress: (done) => heard.push(done) }),
    place({ OHMYMKT_FFMPEG: path }),
  );
  expect(await eventually(() => existsSync(output), 20_000)).toBe(true);
  // The first frame waits in the pipe; drawing thousands ahead would take all memory.
  expect(await eventually(() => heard.length > 0, 4000)).toBe(false);
  const reason = new Error("changed my mind");
  abort.abort(reason);
  expect(await thrown(() => work)).toBe(reason);
  expect(await eventually(() => processesWith(`sleep\u0000100.${process.pid}`).length === 0)).toBe(true);
  expect(zombies()).toEqual([]);
  expect(readdirSync(own)).toEqual(["ffmpeg"]);
}, 30_000);

const wrong =
  (over: Partial<RenderRequest>): (() => unknown) =>
  () =>
    builtin.files(request(over));
const race = TEMPLATES[2].example;
test.each<[string, () => unknown, string]>([
  [
    "a template id with shell characters",
    wrong({ template: "title-card; touch /tmp/x" }),
    'expected template_id title-card, quote-card, bar-chart-race, carousel, got "title-card; touch /tmp/x"',
  ],
  ["a template id that is a path", wrong({ template: "../../../etc/passwd" }), "expected template_id"],
  ["a template id of an object's own", wrong({ template: "__proto__" }), "expected template_id"],
  ["an unknown aspect", wrong({ aspect: "4:3" as "1:1" }), 'expected aspect 16:9, 9:16, 1:1, got "4:3"'],
  ["no number of seconds", wrong({ durationSec: Number.NaN }), "expected duration_sec 1 to 60, got NaN"],
  ["too many seconds", wrong({ durationSec: 3600 }), "expected duration_sec 1 to 60, got 3600"],
  ["props it does not have", wrong({ props: { ...example, href: "file:///etc/passwd" } }), 'Unrecognized key: "href"'],
  ["a text too long", wrong({ props: { title: "x".repeat(121) } }), "title"],
  ["an empty text", wrong({ props: { title: " \n " } }), "title"],
  ["a control character", wrong({ props: { title: "a\u0000b" } }), "expected text without control characters"],
  ["an override of direction", wrong({ props: { title: "a\u202eb" } }), "expected text without control characters"],
  ["half a letter", wrong({ props: { title: "a\ud800" } }), "expected text without control characters"],
  [
    "a colour that is a reference",
    wrong({ props: { title: "a", colors: { text: "url(#x)" } } }),
    "expected a colour such as #1f6feb",
  ],
  [
    "a colour with markup",
    wrong({ props: { title: "a", colors: { text: '#123456"/><script>' } } }),
    "expected a colour such as #1f6feb",
  ],
  [
    "a picture elsewhere",
    wrong({ props: { title: "a", image: "https://example.com/a.png" } }),
    "expected a path inside the project",
  ],
  [
    "a picture above the project",
    wrong({ props: { title: "a", image: "assets/../../secret.png" } }),
    "expected a path inside the project",
  ],
  [
    "a picture by its absolute path",
    wrong({ props: { title: "a", image: "/etc/passwd" } }),
    "expected a path inside the project",
  ],
  [
    "a font by its address",
    wrong({ props: { title: "a", font: "file:///x.ttf" } }),
    "expected a path inside the project",
  ],
  [
    "too many slides",
    wrong({ template: "carousel", props: { slides: Array.from({ length: 100_000 }, () => ({ title: "a" })) } }),
    "expected props of at most 100000 characters",
  ],
  [
    "props of megabytes",
    wrong({ template: "carousel", props: { slides: [{ title: "a", text: "x".repeat(5_000_000) }] } }),
    "expected props of at most 100000 characters",
  ],
  ["one slide", wrong({ template: "carousel", props: { slides: [{ title: "a" }] } }), "slides"],
  [
    "values that are no numbers",
    wrong({ template: "bar-chart-race", props: { ...race, bars: [{ name: "a", values: [Number.NaN, 1] }] } }),
    "bars",
  ],
  [
    "infinite values",
    wrong({
      template: "bar-chart-race",
      props: { ...race, bars: [{ name: "a", values: [Number.POSITIVE_INFINITY, 1] }] },
    }),
    "bars",
  ],
  [
    "values that lack one",
    wrong({ template: "bar-chart-race", props: { ...race, periods: ["1", "2"] } }),
    "expected 2 values, one for each period, got 6",
  ],
  [
    "a bar that stands out and is not there",
    wrong({ template: "bar-chart-race", props: { ...race, highlight: "nobody" } }),
    "expected the name of a bar",
  ],
  [
    "the same bar twice",
    wrong({
      template: "bar-chart-race",
      props: {
        ...race,
        highlight: "a",
        periods: ["1", "2"],
        bars: [
          { name: "a", values: [1, 2] },
          { name: "a", values: [1, 2] },
        ],
      },
    }),
    "expected every name once",
  ],
])("%s is refused before anything starts", async (_name, work, message) => {
  const error = await thrown(work);
  expect(error).toBeInstanceOf(OhmymktError);
  expect(error).toMatchObject({ code: "invalid_arguments", message: expect.stringContaining(message) });
  expect(String(error).length).toBeLessThan(3000);
});

test("the files that props name are told, once each, and have to come with the request", async () => {
  const props = {
    slides: [
      { title: "a", image: "a.png" },
      { title: "b", image: "a.png" },
      { title: "c", image: "b.jpg" },
    ],
    font: "brand.ttf",
  };
  const asked = request({ template: "carousel", props });
  expect(builtin.files(asked)).toEqual(["a.png", "b.jpg", "brand.ttf"]);
  const env = { OHMYMKT_FFMPEG: fakeFfmpeg(folder(), "cat >/dev/null") };
  const { ["render"]: render } = builtin;
  expect(await thrown(() => render(asked, place(env)))).toMatchObject({
    code: "not_found",
    message: "expected the file a.png, which the props name",
  });
  const files = new Map([
    ["a.png", new Uint8Array(21 * 1024 * 1024)],
    ["b.jpg", new Uint8Array(1)],
    ["brand.ttf", new Uint8Array(1)],
  ]);
  expect(await thrown(() => render({ ...asked, files }, place(env)))).toMatchObject({
    message: expect.stringContaining("a.png has 22020096 bytes, more than 20971520"),
  });
});

test.each([
  ["a text file", "no picture at all", "expected a PNG or JPEG picture in p.png"],
  [
    "an SVG with a reference",
    '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><image href="file:///etc/passwd"/></svg>',
    "expected a PNG or JPEG picture in p.png",
  ],
  [
    "a torn PNG",
    Buffer.from("89504e470d0a1a0a0000000d494844520000012c000000c808060000000000000000", "hex"),
    "the picture in p.png is damaged or empty",
  ],
  [
    "a PNG that claims to be vast",
    Buffer.from("89504e470d0a1a0a0000000d494844520000ea600000ea6008060000000000000000", "hex"),
    "p.png has 60000 × 60000 pixels, more than 40 million",
  ],
])("%s in the place of a picture is refused", async (_name, content, message) => {
  const files = new Map([["p.png", new Uint8Array(Buffer.from(content))]]);
  const env = { OHMYMKT_FFMPEG: fakeFfmpeg(folder(), "cat >/dev/null") };
  const error = await thrown(() =>
    builtin.render(request({ props: { title: "a", image: "p.png" }, files }), place(env)),
  );
  expect(error).toMatchObject({ code: "invalid_arguments", message: expect.stringContaining(message) });
});

test("a font file that is none is refused", async () => {
  const files = new Map([["f.ttf", new TextEncoder().encode("nothing")]]);
  const env = { OHMYMKT_FFMPEG: fakeFfmpeg(folder(), "cat >/dev/null") };
  const error = await thrown(() =>
    builtin.render(request({ props: { title: "a", font: "f.ttf" }, files }), place(env)),
  );
  expect(error).toMatchObject({
    code: "invalid_arguments",
    message: expect.stringContaining("expected a .ttf or .otf font in f.ttf"),
  });
});

test("no variable of the environment but the needed ones reaches ffmpeg", async () => {
  const own = folder();
  const path = fakeFfmpeg(own, `env > "${own}/seen"; cat >/dev/null`);
  await builtin.render(request(), place({ OHMYMKT_FFMPEG: path, OPENAI_API_KEY: "sk-secret", HOME: own }));
  const seen = await Bun.file(join(own, "seen")).text();
  expect(seen).toContain(`HOME=${own}`);
  expect(seen).not.toContain("sk-secret");
});

test("whatever the output is called, it is one argument and a file", () => {
  const output = "/tmp/-y; $(id) 'x' concat:a|b.mp4";
  const args = encoderArguments({ ffmpeg: "ffmpeg", width: 2, height: 2, output });
  expect(args.at(-1)).toBe(`file:${output}`);
  expect(args.filter((one) => one.includes("$(id)"))).toHaveLength(1);
});

test("templates tell what they take as JSON Schema, with an example that they accept", async () => {
  const told = await builtin.templates(place({}), new AbortController().signal);
  expect(told.map(({ id }) => id)).toEqual(["title-card", "quote-card", "bar-chart-race", "carousel"]);
  for (const { id, example: props = {}, props: schema } of told) {
    expect(schema).toMatchObject({ type: "object", additionalProperties: false });
    expect(builtin.files(request({ template: id, props }))).toEqual([]);
  }
});
