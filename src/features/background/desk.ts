import type { BackgroundJobs } from "./jobs.ts";

/** Background work as one call of a tool may use it. */
export interface BackgroundDesk {
  jobs: BackgroundJobs;
  /** The agents that the caller may start; undefined when it is not held to a list. */
  delegates: readonly string[] | undefined;
  /** Why the end must be waited for here, when it must. */
  foreground: string | undefined;
  /** Why the host's own means is to be used instead, when it is. */
  standBack: string | undefined;
}
