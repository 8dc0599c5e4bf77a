import { rmSync } from "node:fs";
import { join } from "node:path";
import { preparePdsOnBun } from "./on-bun.ts";
import { startPlcDirectory } from "./plc-directory.ts";

/** A PDS in a process of its own: `process.ts <data directory> <port>`. Says {"ready":true} on standard output, and ends, with its data, when its standard input does. */
const [, , directory = "", port = ""] = process.argv;

process.env["LOG_ENABLED"] = "false";
await preparePdsOnBun();
const { PDS, envToCfg, envToSecrets, readEnv } = await import("@atproto/pds");

const plc = startPlcDirectory(join(directory, "plc.json"));
const settings = {
  ...readEnv(),
  devMode: true,
  port: Number(port),
  hostname: "localhost",
  dataDirectory: directory,
  blobstoreDiskLocation: join(directory, "blobs"),
  didPlcUrl: plc.url,
  serviceHandleDomains: [".test"],
  inviteRequired: false,
  rateLimitsEnabled: false,
  disableSsrfProtection: true,
  // As bsky.social does.
  enableDidDocWithSession: true,
  jwtSecret: "a-secret-for-tests",
  dpopSecret: "01".repeat(32),
  adminPassword: "an-admin-for-tests",
  plcRotationKeyK256PrivateKeyHex: "11".repeat(32),
};
const pds = await PDS.create(envToCfg(settings), envToSecrets(settings));
const listen = pds.app.listen.bind(pds.app);
// It would listen on every address of the machine.
Object.assign(pds.app, { listen: (where: number) => listen(where, "127.0.0.1") });
rememberLogins(pds.ctx.accountManager);
await pds.start();
process.stdout.write('{"ready":true}\n');

for await (const _ of Bun.stdin.stream());
await pds.destroy();
await plc.close();
// Whoever started it may be gone by now.
rmSync(directory, { recursive: true, force: true });
process.exit(0);

/** A login takes 350 ms, so that nobody learns from the time it takes; only the first right one of each kind does here. */
function rememberLogins(manager: InstanceType<typeof PDS>["ctx"]["accountManager"]): void {
  const login = manager.login.bind(manager);
  const known = new Map<string, Awaited<ReturnType<typeof login>>>();
  manager.login = async (input) => {
    const name = JSON.stringify(input);
    const result = known.get(name) ?? (await login(input));
    known.set(name, result);
    return result;
  };
}
