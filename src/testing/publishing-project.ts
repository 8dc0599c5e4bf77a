import { PROVIDER_SET, PROVIDERS_DOCUMENT, ProvidersFile } from "../lib/providers.ts";
import { openStore } from "../store/open.ts";
import { startedBench } from "./tool-bench.ts";

/** Starts a campaign in a project by the real tools, at this time: all gates are open and content may be published. */
export async function startCampaign(directory: string): Promise<void> {
  const bench = await startedBench({ directory, now: Date.now() });
  await bench.store.close();
}

/** Sets Bluesky up as a person who confirmed this server and account would have. */
export async function confirmBluesky(directory: string, server: { url: string; handle: string }): Promise<void> {
  const setting = {
    api_key_env: "BLUESKY_APP_PASSWORD",
    url: server.url,
    options: { handle: server.handle },
  };
  const store = openStore({ directory, sync: "off" });
  await store.transaction({ actor: { host: "library" }, tool: "test" }, async (tx) => {
    const file = ProvidersFile.parse({
      schema_version: 1,
      image: {},
      video: {},
      video_template: {},
      publish: { bluesky: setting },
    });
    await tx.documents.write(PROVIDERS_DOCUMENT, file);
    await tx.ledger.append({ kind: PROVIDER_SET, subject: "publish/bluesky", after: file.publish["bluesky"] });
  });
  await store.close();
}
