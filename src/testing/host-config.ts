import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { ScriptedModel } from "./scripted-model.ts";
import type { HostOptions } from "./host-options.ts";

/** Makes the host believe that its plugin SDK is installed there, so that it asks no registry. */
export function prepareDirectory(directory: string): void {
  mkdirSync(join(directory, "node_modules"), { recursive: true });
  const lock = { packages: { "": { dependencies: { "@opencode-ai/plugin": "*" } } } };
  if (!existsSync(join(directory, "package-lock.json")))
    writeFileSync(join(directory, "package-lock.json"), JSON.stringify(lock));
}

export function baseConfig(model: ScriptedModel, plugin: HostOptions["plugin"]): Record<string, unknown> {
  const limit = { context: 200_000, output: 8192 };
  return {
    share: "disabled",
    autoupdate: false,
    snapshot: false,
    model: "scripted/scripted",
    small_model: "scripted/scripted",
    permission: { doom_loop: "allow" },
    provider: {
      scripted: {
        npm: "@ai-sdk/openai-compatible",
        name: "Scripted",
        options: { baseURL: model.url, apiKey: "scripted" },
        models: { scripted: { name: "Scripted", tool_call: true, limit } },
      },
    },
    plugin: typeof plugin === "string" ? [plugin] : (plugin ?? []),
  };
}

export function merge(base: Record<string, unknown>, over: Record<string, unknown>): Record<string, unknown> {
  const result = { ...base };
  for (const [key, value] of Object.entries(over)) {
    const below = result[key];
    result[key] = isRecord(below) && isRecord(value) ? merge(below, value) : value;
  }
  return result;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

export function hostEnv(home: string, network: "open" | "namespace" | "proxy"): Record<string, string> {
  const env: Record<string, string> = { HOME: home, USERPROFILE: home, OPENCODE_TEST_HOME: home };
  for (const key of ["PATH", "LANG", "TERM", "TMPDIR", "TEMP", "TMP", "TZ", "SystemRoot", "ComSpec", "PATHEXT"]) {
    const value = process.env[key];
    if (value) env[key] = value;
  }
  for (const kind of ["config", "data", "state", "cache"]) env[`XDG_${kind.toUpperCase()}_HOME`] = join(home, kind);
  const off = ["MODELS_FETCH", "AUTOUPDATE", "LSP_DOWNLOAD", "SHARE", "DEFAULT_PLUGINS", "CLAUDE_CODE"];
  for (const name of off) env[`OPENCODE_DISABLE_${name}`] = "1";
  if (network !== "proxy") return env;
  const refused = "http://127.0.0.1:1";
  for (const key of ["HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"]) env[key] = env[key.toLowerCase()] = refused;
  return { ...env, NO_PROXY: "127.0.0.1,localhost", no_proxy: "127.0.0.1,localhost", npm_config_registry: refused };
}
