import type { HostSwarm } from "./swarm.ts";

/** The swarm as one call of a tool may use it. */
export interface SwarmDesk {
  swarm: HostSwarm;
  /** The agents that the caller may start; undefined when it is not held to a list. */
  delegates: readonly string[] | undefined;
  /** Why the end must be waited for here, when it must. */
  foreground: string | undefined;
}
