import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Step } from "../run-step.ts";
import { GHOST_INSTALL, hasGhostDatabase } from "./ghost-server.ts";
import { hasWordPress, WORDPRESS_INSTALL } from "./wordpress-server.ts";

/** A test file that needs a server which the packages of this project do not bring. */
export interface LiveTest {
  /** Relative to the repository. */
  path: string;
  title: string;
  /** What is not there, with the line that brings it; undefined when all is there. */
  missing(): string | undefined;
  /** Belongs to the full suite; the others run by `bun run live` only. */
  full: boolean;
  /** Milliseconds. */
  limit: number;
}

const MINUTE = 60_000;

/** Every `*.live.test.ts`. */
export const LIVE_TESTS: readonly LiveTest[] = [
  {
    path: "src/providers/publish/wordpress.live.test.ts",
    title: "a real WordPress",
    missing: () => (hasWordPress() ? undefined : `Debian's WordPress is not there. Next: ${WORDPRESS_INSTALL}`),
    full: true,
    limit: 5 * MINUTE,
  },
  {
    path: "src/providers/publish/ghost.live.test.ts",
    title: "a real Ghost",
    missing: () => (hasGhostDatabase() ? undefined : `there is no MariaDB. Next: ${GHOST_INSTALL}`),
    full: false,
    limit: 10 * MINUTE,
  },
];

/** Where what npm brings for these tests is kept between runs. */
export function liveCache(): string {
  return process.env["OHMYMKT_LIVE_CACHE"] ?? join(tmpdir(), "ohmymkt-live");
}

/** The file as a step of a suite; a step has a temporary folder of its own, so the cache is named. */
export function liveStep({ path, title, limit }: LiveTest): Step {
  return {
    title,
    command: [process.execPath, "test", "--only-failures", "--timeout=120000", `./${path}`],
    env: { OHMYMKT_LIVE_CACHE: liveCache() },
    limit,
    count: "bun",
    files: 1,
  };
}
