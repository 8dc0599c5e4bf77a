import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const PEERS = ["better-sqlite3@12.11", "plainjob@0.0.14"];

/** The folder with what we compare with; installed once, outside the project, so that the project's own install stays lean. */
export function peersFolder(): string {
  const folder = process.env["OHMYMKT_PEERS"] ?? join(tmpdir(), "ohmymkt-benchmark-peers");
  if (existsSync(join(folder, "node_modules/plainjob"))) return folder;
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "package.json"), '{ "name": "peers", "private": true }\n');
  console.log(`installing ${PEERS.join(", ")} in ${folder}, once`);
  const install = Bun.spawnSync(["npm", "install", "--no-audit", "--no-fund", ...PEERS], {
    cwd: folder,
    stdout: "ignore",
    stderr: "pipe",
    timeout: 300_000,
  });
  if (!install.success)
    throw new Error(`expected npm to install ${PEERS.join(", ")}, got: ${install.stderr.toString()}`);
  return folder;
}
