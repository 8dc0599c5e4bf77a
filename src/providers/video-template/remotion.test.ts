import { afterAll, expect, test } from "bun:test";
import { existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { zombies } from "../../testing/process-list.ts";
import { makeWorkspace } from "../../testing/temp-workspace.ts";
import { remotion } from "./remotion.ts";
import { VIDEO_TEMPLATE_PROVIDERS } from "./registry.ts";
import { fakeRemotion } from "./testing/fake-remotion.ts";
import type { RenderRequest, Workplace } from "./video-template-provider.ts";

const workspace = makeWorkspace({ files: { "empty/package.json": "{}" } });
afterAll(() => workspace.dispose());
const { directory } = workspace;
const temporary = join(directory, "temporary");
mkdirSync(temporary);
let made = 0;
/** A project with fake packages in the folder "film". */
function project(
  versions: Partial<Record<string, string>> = {},
): Workplace & { calls: () => [string, Record<string, unknown>, string[]][] } {
  const own = join(directory, `project-${(made += 1)}`);
  mkdirSync(own);
  fakeRemotion(join(own, "film"), versions);
  const env = {
    PATH: process.env["PATH"],
    HOME: own,
    TMPDIR: temporary,
    OPENAI_API_KEY: "sk-secret",
    OHMYMKT_CHROMIUM: "/opt/chromium",
  };
  const calls = () =>
    readFileSync(join(own, "film/calls.jsonl"), "utf8")
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line));
  return { directory: own, projectPath: "film", env, calls };
}
const request = (place: Workplace, over: Partial<RenderRequest> = {}): RenderRequest => ({
  template: "Launch",
  props: { title: "Hello" },
  aspect: "16:9",
  files: new Map(),
  output: join(place.directory, "out.tmp"),
  signal: new AbortController().signal,
  ...over,
});
const thrown = (work: Promise<unknown>): Promise<unknown> => work.catch((error: unknown) => error);
const leftovers = (): string[] => readdirSync(temporary);

test("both makers are in the registry under their ids", async () => {
  for (const [id, load] of Object.entries(VIDEO_TEMPLATE_PROVIDERS)) expect<string>((await load()).id).toBe(id);
});

test("installed with one version it is available, and the licence is told", async () => {
  expect(await remotion.available(project())).toMatchObject({
    ok: true,
    detail: expect.stringMatching(/^Remotion 4\.0\.529\. .*remotion\.dev\/license/),
  });
});

test.each<[string, () => Workplace, string]>([
  [
    "no folder was named",
    () => ({ directory, env: process.env }),
    "expected project_path, the folder of a Remotion project, got none",
  ],
  [
    "the folder is not there",
    () => ({ directory, projectPath: "nowhere", env: process.env }),
    "expected a Remotion project in nowhere, found no such folder",
  ],
  [
    "nothing is installed",
    () => ({ directory, projectPath: "empty", env: process.env }),
    "remotion, @remotion/renderer, @remotion/bundler cannot be resolved",
  ],
  ["the bundler is missing", () => project({ "@remotion/bundler": undefined }), "@remotion/bundler cannot be resolved"],
  [
    "versions are mixed",
    () => project({ remotion: "4.0.541" }),
    "expected one version of all Remotion packages, got remotion 4.0.541, @remotion/renderer 4.0.529",
  ],
])("when %s, the message has the install line and the licence", async (_name, place, message) => {
  const found = await remotion.available(place());
  if (found.ok) throw new Error("expected it not to be available");
  expect(found.message).toContain(message);
  expect(found.message).toContain(
    "`npm i --save-exact remotion@4.0.529 @remotion/renderer@4.0.529 @remotion/bundler@4.0.529`",
  );
  expect(found.message).toContain("https://remotion.dev/license");
});

test.each(["../../etc", "..", "link"])("the folder %s outside of the project is refused", async (projectPath) => {
  const { directory: own, env } = project();
  symlinkSync("/", join(own, "link"));
  expect(
    await thrown(remotion.render(request({ directory: own, env }), { directory: own, env, projectPath })),
  ).toMatchObject({
    code: "invalid_arguments",
    message: `expected project_path inside the project, got ${projectPath}`,
  });
});

test("its compositions are its templates", async () => {
  const place = project();
  expect(await remotion.templates(place, new AbortController().signal)).toEqual([
    { id: "Launch", title: "Launch", summary: "1920 × 1080, 25 frames per second, 4 s", example: { title: "Hi" } },
  ]);
});

test("a film is made by the API of the installed packages, in its own shape and length unless asked otherwise", async () => {
  const place = project();
  const heard: number[] = [];
  const hostile = { title: "$(touch /tmp/pwned) `id` '\" \n <script> 增长", nested: { list: [1, null, "../"] } };
  const asked = request(place, { props: hostile, progress: (done) => heard.push(done) });
  expect(await remotion.render(asked, place)).toEqual({
    width: 1920,
    height: 1080,
    durationSec: 4,
    frames: 100,
    warnings: [],
  });
  expect(readFileSync(asked.output, "utf8")).toBe("film");
  expect(heard).toContain(7);
  const calls = place.calls();
  expect(calls.map(([name]) => name)).toEqual(["bundle", "getCompositions", "selectComposition", "renderMedia"]);
  expect(calls[0]?.[1]).toMatchObject({
    entryPoint: join(place.directory, "film/src/index.ts"),
    rootDir: join(place.directory, "film"),
  });
  expect(calls[3]?.[1]).toMatchObject({
    inputProps: hostile,
    codec: "h264",
    pixelFormat: "yuv420p",
    browserExecutable: "/opt/chromium",
    chromeMode: "chrome-for-testing",
    composition: { id: "Launch", width: 1920, height: 1080, durationInFrames: 100 },
  });
  for (const [, , names] of calls) expect(names).not.toContain("OPENAI_API_KEY");
  expect(leftovers()).toEqual([]);

  const tall = request(place, { aspect: "9:16", durationSec: 6 });
  expect(await remotion.render(tall, place)).toEqual({
    width: 720,
    height: 1280,
    durationSec: 6,
    frames: 150,
    warnings: [
      "the composition is made for 1920 × 1080 and was rendered at 720 × 1280; look at it before it is shown to anybody",
      "the composition is 4 s long; what comes after may be empty",
    ],
  });
});

test.each(["Launch; rm -rf /", "../Launch", "--props=x", "__proto__"])(
  "the template %s, which is no composition, is refused with those that are",
  async (template) => {
    const place = project();
    expect(await thrown(remotion.render(request(place, { template }), place))).toMatchObject({
      code: "invalid_arguments",
      message: `expected template_id Launch, got ${JSON.stringify(template)}`,
    });
    expect(existsSync(join(place.directory, "out.tmp"))).toBe(false);
  },
);

test("what Remotion throws is quoted, and leaves nothing", async () => {
  const place = project();
  expect(await thrown(remotion.render(request(place, { props: { fail: true } }), place))).toMatchObject({
    kind: "unavailable",
    message: "Remotion could not do it: the composition threw",
  });
  expect(leftovers()).toEqual([]);
});

test("an abort is handed on, and leaves nothing", async () => {
  const place = project();
  const abort = new AbortController();
  const reason = new Error("changed my mind");
  const asked = request(place, {
    props: { hang: true },
    signal: abort.signal,
    progress: (done) => done === 7 && abort.abort(reason),
  });
  expect(await thrown(remotion.render(asked, place))).toBe(reason);
  expect(place.calls().map(([name]) => name)).toContain("cancelled");
  expect(zombies()).toEqual([]);
  expect(leftovers()).toEqual([]);
  expect(existsSync(asked.output)).toBe(false);
});

test("without Node on the path the present Bun runs it", async () => {
  const place = project();
  expect(await remotion.available({ ...place, env: { PATH: "/nowhere" } })).toMatchObject({ ok: true });
});
