import type { ScriptedModel } from "./scripted-model.ts";

/** A plugin spec as in `opencode.json`: a spec, or a spec with options. */
export type PluginSpec = string | [spec: string, options: Record<string, unknown>];

export interface HostOptions {
  /** Absolute project directory; the host works in it and `.opencode/` is prepared in it. */
  directory: string;
  plugin?: string | PluginSpec[];
  /** Merged deeply over the harness's global opencode.json (arrays replace). */
  config?: Record<string, unknown>;
  /** Shared between hosts if given; otherwise the host owns one and stops it. */
  model?: ScriptedModel;
  /** Added to the host's otherwise clean environment. */
  env?: Record<string, string>;
  /** "none" cuts the host off from all but loopback, by a namespace where the system allows it, else as "proxy"; see `OpencodeHost.network`. */
  network?: "open" | "none" | "proxy";
  /** Loopback ports of the test process that a host without network must still reach (wire fakes). */
  reach?: number[];
  /** An existing host home to start on, for restarts; it is then left in place by `stop`. */
  home?: string;
  startTimeoutMs?: number;
}
