import { afterEach, beforeEach, expect, test } from "bun:test";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { PROVIDER_SET, PROVIDERS_DOCUMENT, ProvidersFile } from "../../lib/providers.ts";
import { openStore } from "../../store/open.ts";
import type { Store, Transaction } from "../../store/store.ts";
import { makeWorkspace, type Workspace } from "../../testing/temp-workspace.ts";
import { resolveSetting } from "./settings.ts";

let workspace: Workspace;
let store: Store;
beforeEach(() => {
  workspace = makeWorkspace();
  store = openStore({ directory: workspace.directory, sync: "off" });
});
afterEach(async () => {
  await store.close();
  workspace.dispose();
});

const EMPTY = { schema_version: 1, image: {}, video: {}, video_template: {}, publish: {} };
const REMOTION = { project_path: "video", options: {} };
const CALL = `ohmymkt_provider_config {action: "set", category: "video_template", provider: "remotion", project_path: "video"}`;

const look = <T>(work: (tx: Transaction) => Promise<T>): Promise<T> =>
  store.transaction({ actor: { host: "library" }, tool: "test" }, work);
const refusal = (name?: string): Promise<unknown> =>
  look((tx) => resolveSetting(tx, "video_template", name)).catch((error: unknown) => error);

async function configure(recorded: unknown, written: object = REMOTION, use?: string): Promise<void> {
  await look(async (tx) => {
    await tx.documents.write(
      PROVIDERS_DOCUMENT,
      ProvidersFile.parse({
        ...EMPTY,
        video_template: { remotion: written },
        ...(use ? { use: { video_template: use } } : {}),
      }),
    );
    if (recorded) await tx.ledger.append({ kind: PROVIDER_SET, subject: "video_template/remotion", after: recorded });
  });
}

test("what needs nothing works without a setting; the rest names the call that sets it", async () => {
  const { spec, setting } = await look((tx) => resolveSetting(tx, "video_template"));
  expect([spec.id, setting]).toEqual(["builtin", { options: {} }]);
  expect(await refusal("remotion")).toMatchObject({ code: "provider", hint: CALL });
  expect(await refusal("final-cut")).toMatchObject({ code: "not_found", hint: "use one of builtin, remotion" });
});

test("the one in use, else the only one that is set", async () => {
  await configure(REMOTION);
  expect((await look((tx) => resolveSetting(tx, "video_template"))).spec.id).toBe("remotion");
  await configure(REMOTION, REMOTION, "builtin");
  expect((await look((tx) => resolveSetting(tx, "video_template"))).spec.id).toBe("builtin");
});

test("a setting counts only as the ledger has it", async () => {
  await configure(undefined);
  expect(await refusal("remotion")).toMatchObject({ code: "provider", hint: `confirm it: ${CALL}` });
  await configure(REMOTION);
  const first = await look((tx) => resolveSetting(tx, "video_template", "Remotion"));
  await configure(undefined, { project_path: "../elsewhere", options: {} });
  expect(await refusal("remotion")).toMatchObject({ code: "provider" });
  writeFileSync(
    join(workspace.directory, ".ohmymkt/providers.json"),
    JSON.stringify({ ...EMPTY, video_template: { remotion: { project_path: "clip" } } }),
  );
  const error = await refusal("remotion");
  expect(String(error)).toContain("edited by hand, not confirmed");
  expect(error).toMatchObject({ hint: expect.stringContaining('project_path: "clip"') });
  await configure({ project_path: "clip" }, { project_path: "clip", options: {} });
  expect((await look((tx) => resolveSetting(tx, "video_template", "remotion"))).hash).not.toBe(first.hash);
});

test("a key that somebody wrote into the file is not repeated", async () => {
  await configure(undefined, { ...REMOTION, api_key_env: "sk-live-0123456789abcdef" });
  expect(JSON.stringify(await refusal("remotion"))).not.toContain("sk-live");
});

test("a file that cannot be read is refused as such", async () => {
  await configure(REMOTION);
  writeFileSync(join(workspace.directory, ".ohmymkt/providers.json"), "{");
  expect(await refusal("remotion")).toMatchObject({ code: "corrupt_document" });
});
