import { afterAll, beforeAll, expect, test } from "bun:test";
import { HOSTILE_CONFIG } from "./testing/hostile-config.ts";
import { HOSTILE_MEDIA } from "./testing/hostile-media.ts";
import { HOSTILE_OTHERS } from "./testing/hostile-others.ts";
import { hostileProject, type HostileProject } from "./testing/hostile-project.ts";
import { HOSTILE_PUBLISHING } from "./testing/hostile-publishing.ts";

const ROWS = [...HOSTILE_CONFIG, ...HOSTILE_MEDIA, ...HOSTILE_PUBLISHING, ...HOSTILE_OTHERS];

let project: HostileProject;
let before: string;
beforeAll(async () => {
  project = await hostileProject();
  before = await project.state();
});
afterAll(() => project.close());

test("there are enough of them, each once", () => {
  expect(ROWS.length).toBeGreaterThan(200);
  expect(new Set(ROWS.map(([tool, args, , agent]) => JSON.stringify([tool, args, agent]))).size).toBe(ROWS.length);
});

test.each(ROWS.map(([tool, args, code, agent]) => ({ call: `${tool} ${shown(args)}`, tool, args, code, agent })))(
  "$call: $code",
  async ({ tool, args, code, agent }) => {
    const asked = project.bench.questions.length;
    expect(await project.outcome(tool, args, agent)).toBe(code);
    // What is refused for what it is is refused before a person is troubled with it.
    expect(project.bench.questions.length - asked).toBe(code === "approval_required" ? 1 : 0);
  },
);

test("afterwards nothing has changed, nothing was asked of any server, and no key is anywhere", async () => {
  expect(project.arrived).toEqual([]);
  expect(await project.state()).toBe(before);
  expect(project.leaks()).toEqual([]);
});

function shown(args: unknown): string {
  const text = JSON.stringify(args).replace(
    /[^\x20-\x7e]/g,
    (character) => `<${character.codePointAt(0)?.toString(16)}>`,
  );
  return text.length > 140 ? `${text.slice(0, 140)}… (${text.length})` : text;
}
