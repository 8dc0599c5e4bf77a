import { afterAll, beforeAll, expect, setDefaultTimeout, test } from "bun:test";
import { join } from "node:path";
import { startPds, type Pds } from "../../testing/pds.ts";
import { startCampaign } from "../../testing/publishing-project.ts";
import { makeWorkspace, type Workspace } from "../../testing/temp-workspace.ts";
import { AGENT_SHELL } from "./agent-shell.ts";
import { runOnTerminal, runProcess, type Ended } from "./testing/spawn.ts";

setDefaultTimeout(120_000);

const program = join(import.meta.dir, "../../cli.ts");

let pds: Pds;
let workspace: Workspace;
let env: Record<string, string>;

beforeAll(async () => {
  pds = await startPds();
  workspace = makeWorkspace();
  env = { OHMYMKT_ALLOW_PRIVATE_ADDRESSES: "1", BLUESKY_APP_PASSWORD: pds.password };
  await startCampaign(workspace.directory);
});

afterAll(async () => {
  workspace.dispose();
  await pds.close();
});

const run = (args: readonly string[], more: Record<string, string> = {}): Promise<Ended> =>
  runProcess([process.execPath, program, ...args], workspace.directory, { env: { ...env, ...more } });
const onTerminal = (args: readonly string[], steps: [string, string][]): Promise<Ended> =>
  runOnTerminal(workspace.directory, args, steps, undefined, { program, env });
const publish = (content: string, ...more: string[]): string[] => [
  "publish",
  "--platform",
  "bluesky",
  "--content",
  content,
  ...more,
];
const posts = async (): Promise<unknown[]> => (await pds.posts(pds.did)).map(({ value }) => value["text"]);

test("a person sets a platform up on a terminal, publishes with --yes, and looks and takes back", async () => {
  const missing = await run(publish("Too early", "--yes"));
  expect(missing.code).toBe(1);
  expect(missing.err).toContain("publish provider bluesky is not configured");

  const options = JSON.stringify({ handle: pds.handle });
  const setting = ["--category", "publish", "--provider", "bluesky", "--url", pds.url, "--options", options];
  const set = await onTerminal(
    ["provider-config", "set", ...setting, "--api-key-env", "BLUESKY_APP_PASSWORD"],
    [[`approve provider: publish by Bluesky at ${pds.url}/ with the key in BLUESKY_APP_PASSWORD [y/N] `, "y\n"]],
  );
  expect([set.code, set.out]).toEqual([0, expect.stringContaining("publish bluesky: configured")]);
  expect((await run(["provider-config", "test", "--category", "publish", "--provider", "bluesky"])).out).toContain(
    "Test: it answers as alice.test",
  );

  const sent = await run(publish("From the command line.", "--yes"));
  expect([sent.code, sent.out]).toEqual([0, expect.stringMatching(/^- out-\S+ sent: bluesky as alice\.test; https:/)]);
  expect(sent.err).toMatch(
    /^approve publish: bluesky as alice\.test, now: "From the command line\." \[[0-9a-f]{12}\]\napproved with --yes\n$/,
  );
  expect(await posts()).toEqual(["From the command line."]);
  const id = /out-\S+/.exec(sent.out)?.[0] ?? "";
  expect((await run(["publish", "status", "--id", id])).out).toContain(`${id} sent`);
  const gone = await run(["publish", "retract", "--id", id, "--yes"]);
  expect([gone.code, gone.out]).toEqual([0, expect.stringContaining(`${id} retracted`)]);
  expect(await posts()).toEqual([]);
  for (const { out, err } of [missing, set, sent, gone]) expect(out + err).not.toContain(pds.password);
});

test("on a terminal the person reads the text first, and a no sends nothing", async () => {
  const { code, out } = await onTerminal(publish("Half price today"), [
    ['approve publish: bluesky as alice.test, now: "Half price today"', "n\n"],
    ["Why not? (optional) ", "there is no sale\n"],
  ]);
  expect(code).toBe(1);
  expect(out).toContain("there is no sale");
  expect(await posts()).toEqual([]);
});

test("in an agent's shell --yes is refused, and so is an answer to the question that waits", async () => {
  const agent = { [AGENT_SHELL]: "1" };
  const refused = await run(publish("By an agent alone", "--yes"), agent);
  expect([refused.code, refused.err]).toEqual([1, expect.stringContaining("an agent's shell may not use --yes")]);
  const waits = await run(publish("By an agent alone"), agent);
  const id = /approvals --approve (apr-[a-z0-9]+)/.exec(waits.err)?.[1] ?? "";
  expect(id).toMatch(/^apr-/);
  expect((await run(["approvals", "--approve", id], agent)).err).toContain("may not answer an approval");
  expect((await run(publish("By an agent alone"), agent)).err).toContain("approval_required");
  expect(await posts()).toEqual([]);
});
