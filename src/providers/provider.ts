import type { z } from "zod";
import type { JsonObject } from "../lib/json.ts";
import type { ProviderCategory } from "../lib/providers.ts";

/** A value that only the environment holds, and the variables that may hold it; the first is the usual one. */
export interface Secret {
  /** What it is, such as "api_key" or "access_secret". */
  use: string;
  names: readonly [string, ...string[]];
  /** Works without it, such as a mail server without a login. */
  optional?: boolean;
  /** A name that is no secret by itself, such as a login. */
  open?: boolean;
}

/** A provider as data: what it needs, and where it may go. */
export interface ProviderSpec<Options = unknown> {
  /** Lower-case, as it is written in settings and calls. */
  id: string;
  title: string;
  category: ProviderCategory;
  /** Other names that users know it by. */
  aliases?: readonly string[];
  secrets: readonly Secret[];
  /** The only hosts it may reach, each exact or as "*.example.com"; the host of an approved `url` is added. */
  hosts: readonly string[];
  /** Present where users run their own server; `required` when there is no public one. `schemes` other than https are for loopback tests and mail servers. */
  url?: { required: boolean; example: string; schemes: readonly string[] };
  /** Present where it works on a folder of the project, which `project_path` names. */
  project?: { required: boolean; example: string };
  /** Strict; what `options` of its setting may hold. */
  options: z.ZodType<Options>;
  /** Where a person gets the key, in words. */
  setup: string;
}

/** What a provider works with once its settings were resolved; everything from outside comes through here. */
export interface Access<Options = unknown> {
  options: Options;
  /** The approved address, or undefined where the provider's own host is used. */
  url: URL | undefined;
  /** The secret for a use; throws a `missing` failure that names the variable. Optional ones may be undefined. */
  secret(use: string): string;
  optionalSecret(use: string): string | undefined;
  network: Network;
  /** The project's own files, for a channel that is a file. */
  files?: AccessFiles;
  signal: AbortSignal;
  /** The present time, epoch ms. */
  now(): number;
  /** Resolves after so many milliseconds; rejects when the call is aborted. */
  sleep(ms: number): Promise<void>;
}

/** Text files of the project. */
export interface AccessFiles {
  read(path: string): Promise<string | undefined>;
  /** Replaces the file as a whole while no other process changes it; `change` gets what is there now, and undefined leaves it so. */
  update(path: string, change: (current: string | undefined) => string | undefined): Promise<void>;
}

/** The guarded way out. All of it refuses other hosts than the provider's and addresses of private networks, follows no redirect to elsewhere, limits time and size, and throws `ProviderFailure` only. */
export interface Network {
  /** As `fetch`; throws `unreachable` when nothing left, `uncertain` when the answer did not come or was cut. Answers with an error status are returned, not thrown. */
  fetch: (input: string | URL | Request, init?: RequestInit) => Promise<Response>;
  /** A host name to connect to by other means (mail): the address that was checked. */
  resolve(host: string): Promise<{ address: string; family: 4 | 6 }>;
  /** Milliseconds that one exchange may take, for those who connect by other means. */
  timeoutMs: number;
  /** The text without any secret that this provider has. */
  redact(text: string): string;
}

export type { JsonObject };
