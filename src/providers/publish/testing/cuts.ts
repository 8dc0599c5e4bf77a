import type { World } from "../../world.ts";

export const CUTS = [
  /** The connection breaks before the request leaves. */
  "before",
  /** It breaks after the server has answered. */
  "after",
  /** The process dies before the request leaves. */
  "killed_before",
  /** The process dies before it sees the answer. */
  "killed_after",
] as const;
export type Cut = (typeof CUTS)[number];

export interface Cutter {
  /** Goes in the place of the world's own `fetch`. */
  fetch: World["fetch"];
  /** How many requests were made. */
  count(): number;
  /** Resolves when the process would be dead. */
  died: Promise<void>;
}

/** A `fetch` whose `nth` request (from 1) comes to grief. */
export function cutAt(nth: number, cut: Cut, real: World["fetch"]): Cutter {
  let count = 0;
  const { promise: died, resolve: die } = Promise.withResolvers<void>();
  const forever = new Promise<never>(() => {});
  return {
    count: () => count,
    died,
    async fetch(input, init) {
      count += 1;
      if (count !== nth) return real(input, init);
      if (cut === "after" || cut === "killed_after") await (await real(input, init)).arrayBuffer();
      if (cut.startsWith("killed")) {
        die();
        return forever;
      }
      throw Object.assign(new Error("The socket connection was closed unexpectedly"), { code: "ECONNRESET" });
    },
  };
}
