/** An agent as the host's config holds it; keys that we do not touch pass through. */
export type HostAgent = {
  [key: string]: unknown;
  permission?: unknown;
  options?: unknown;
  disable?: unknown;
};

/** The part of the host's config that agents live in; the host passes it to the config hook to be changed in place. */
export type HostConfig = {
  agent?: Record<string, HostAgent | undefined>;
  permission?: unknown;
  default_agent?: string;
  subagent_depth?: number;
};
