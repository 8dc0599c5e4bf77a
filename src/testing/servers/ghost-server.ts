import { cpSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import type { GhostInstall } from "./ghost-install.ts";
import { findMariaDb, startMariaDb } from "./mariadb-server.ts";
import { freePort, serverFolder, startProcess, stopping, untilReady, type RunningServer } from "./server-process.ts";

export interface GhostServer extends RunningServer {
  url: string;
  /** An admin API key, "id:secret". */
  key: string;
}

/** What brings the database that Ghost needs, on Debian. */
export const GHOST_INSTALL = "apt-get install --no-install-recommends mariadb-server";

/** Whether the database is there; Ghost itself comes from npm. */
export function hasGhostDatabase(): boolean {
  return findMariaDb() !== undefined;
}

/** Serves a fresh Ghost on loopback; the first start takes about ten seconds for its tables. */
export async function startGhost(install: GhostInstall): Promise<GhostServer> {
  const steps: (() => Promise<void>)[] = [];
  const server = stopping(steps);
  try {
    const folder = serverFolder(steps);
    const database = await startMariaDb(folder);
    steps.push(() => database.stop());
    await database.query("create database ghost character set utf8mb4");
    const content = join(folder, "content");
    cpSync(join(install.directory, "content"), content, { recursive: true });
    for (const name of ["logs", "data", "images", "media", "files", "settings", "public"])
      mkdirSync(join(content, name), { recursive: true });
    const port = freePort();
    const url = `http://127.0.0.1:${port}`;
    const ghost = startProcess({
      command: [install.node, "index.js"],
      cwd: install.directory,
      env: { ...settings(url, port, database.socket), paths__contentPath: content },
    });
    steps.push(() => ghost.stop());
    const answers = async (): Promise<boolean> => (await fetch(`${url}/ghost/api/admin/site/`)).ok;
    await untilReady(ghost, answers, { name: "Ghost", ms: 60_000 });
    await setUp(url);
    const [key] = await database.query(
      "select concat(k.id, ':', k.secret) from ghost.api_keys k join ghost.integrations i on k.integration_id = i.id where i.slug = 'zapier' and k.type = 'admin'",
    );
    if (key === undefined) throw new Error("Expected Ghost to have an admin key of its Zapier integration, got none");
    return { ...server, url, key };
  } catch (error) {
    await server.stop();
    throw error;
  }
}

function settings(url: string, port: number, socket: string): Record<string, string> {
  return {
    NODE_ENV: "production",
    url,
    server__host: "127.0.0.1",
    server__port: String(port),
    database__client: "mysql",
    database__connection__socketPath: socket,
    database__connection__user: "root",
    database__connection__password: "",
    database__connection__database: "ghost",
    logging__transports: '["stdout"]',
    security__staffDeviceVerification: "false",
    mail__transport: "stub",
    // Nothing of it may look for the outside.
    privacy__useUpdateCheck: "false",
    privacy__useGravatar: "false",
    privacy__useRpcPing: "false",
    privacy__useStructuredData: "false",
    // A suite asks more often than a person does.
    spam__content_api_key__minWait: "0",
  };
}

async function setUp(url: string): Promise<void> {
  const answer = await fetch(`${url}/ghost/api/admin/authentication/setup/`, {
    method: "POST",
    headers: { "content-type": "application/json", origin: url },
    body: JSON.stringify({
      setup: [
        { name: "Test", email: "admin@example.invalid", password: "a long passphrase 4711", blogTitle: "Test site" },
      ],
    }),
  });
  if (!answer.ok) throw new Error(`Expected Ghost to be set up, got ${answer.status}: ${await answer.text()}`);
}
