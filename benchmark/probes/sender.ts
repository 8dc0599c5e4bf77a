import { DEFAULT_CONFIG } from "../../src/config.ts";
import { drain } from "../../src/features/publishing/drain.ts";
import { systemWorld } from "../../src/hosts/world.ts";
import { newId } from "../../src/lib/names.ts";
import { randomBase32 } from "../../src/store/local/random.ts";
import { openStore } from "../../src/store/open.ts";

/** One process that works on the outbox of a project in rounds, as a host does, until it is killed. */
const [directory = ""] = process.argv.slice(2);
const config = {
  ...DEFAULT_CONFIG,
  publishing: { ...DEFAULT_CONFIG.publishing, send_seconds: 1, backoff_seconds: 0.05, max_attempts: 100 },
};
const store = openStore({ directory });
const world = systemWorld(process.env);
const signal = new AbortController().signal;
const actor = { host: "library" as const };
for (;;) {
  const moved = await drain({
    store,
    world,
    config,
    actor,
    signal,
    tool: "ohmymkt_publish",
    newId: (prefix) => newId(prefix, randomBase32),
  });
  if (moved.length === 0) await Bun.sleep(50);
}
