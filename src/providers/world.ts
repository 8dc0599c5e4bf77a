/** What lies outside of the process, as the composition root found it. */
export interface World {
  /** The environment; read for the variables that a provider accepts, and for nothing else. */
  env: Readonly<Record<string, string | undefined>>;
  /** Whether loopback and private addresses may be reached; only OHMYMKT_ALLOW_PRIVATE_ADDRESSES=1 in the environment says so, for tests. */
  allowPrivate: boolean;
  fetch: (input: string | URL | Request, init?: RequestInit) => Promise<Response>;
  /** Every address of a host name. */
  lookup(host: string): Promise<{ address: string; family: 4 | 6 }[]>;
  /** Epoch ms. */
  now(): number;
  /** Resolves after `ms`; rejects when aborted. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
  /** This process, for the rows that it sends. */
  owner: { pid: number; boot: string };
  /** Whether a process with this id runs on this machine. */
  isAlive(pid: number): boolean;
}
