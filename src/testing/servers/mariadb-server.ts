import { existsSync } from "node:fs";
import { join } from "node:path";
import { runProgram, startProcess, untilReady } from "./server-process.ts";

export interface MariaDb {
  /** Path of its socket; it listens on no port. The user is root, without a password. */
  socket: string;
  /** Rows of a statement, tab-separated. */
  query(statement: string): Promise<string[]>;
  stop(): Promise<void>;
}

/** Starts a MariaDB of Debian's package `mariadb-server` on an empty data folder below `folder`. */
export async function startMariaDb(folder: string): Promise<MariaDb> {
  const data = join(folder, "db");
  const socket = join(folder, "db.sock");
  // As root it wants to be told so; anybody else is who they are.
  const user = process.getuid?.() === 0 ? ["--user=root"] : [];
  const common = ["--no-defaults", `--datadir=${data}`, ...user];
  await runProgram({
    command: ["mariadb-install-db", ...common, "--auth-root-authentication-method=normal", "--skip-test-db"],
  });
  const server = startProcess({
    command: [
      findMariaDb() ?? "mariadbd",
      ...common,
      `--socket=${socket}`,
      `--pid-file=${join(folder, "db.pid")}`,
      "--skip-networking",
      // What is lost with the machine is made anew by the next test.
      "--innodb-flush-log-at-trx-commit=0",
      "--innodb-fast-shutdown=3",
    ],
  });
  const client = ["mariadb", "--no-defaults", `--socket=${socket}`, "--user=root", "--batch", "--skip-column-names"];
  const query = async (statement: string): Promise<string[]> =>
    (await runProgram({ command: [...client, "--execute", statement] })).split("\n").filter((line) => line !== "");
  await untilReady(server, async () => existsSync(socket) && (await query("select 1")).length === 1, {
    name: "mariadbd",
    ms: 20_000,
  });
  return { socket, query, stop: () => server.stop() };
}

/** Path of the server, which Debian keeps outside of a user's PATH. */
export function findMariaDb(): string | undefined {
  return Bun.which("mariadbd") ?? ["/usr/sbin/mariadbd"].find((path) => existsSync(path));
}
