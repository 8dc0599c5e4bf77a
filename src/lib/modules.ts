import { z } from "zod";
import { defineDocument } from "./documents.ts";

export const CORES = ["structure_core", "performance_core", "acceleration_core"] as const;
export type Core = (typeof CORES)[number];

export const Module = z.strictObject({
  owner: z.string().min(1),
  tracks: z.enum(["visibility", "quality", "both"]),
  status: z.enum(["active", "paused"]),
  purpose: z.string(),
  health_signals: z.array(z.string()),
  /** The cause of a pause: an incident id. */
  paused_by: z.string().optional(),
});
export type Module = z.infer<typeof Module>;

const ModuleMap = z.record(z.string(), Module);

/** modules.json: core → module → owner, tracks and state. */
export const Modules = z.strictObject({
  schema_version: z.literal(1),
  structure_core: ModuleMap,
  performance_core: ModuleMap,
  acceleration_core: ModuleMap,
});
export type Modules = z.infer<typeof Modules>;

export const MODULES_DOCUMENT = defineDocument({ name: "modules", path: "state/modules.json", schema: Modules });

/** Every module with its name and core. */
export function listModules(modules: Modules): (Module & { name: string; core: Core })[] {
  return CORES.flatMap((core) => Object.entries(modules[core]).map(([name, module]) => ({ name, core, ...module })));
}

function mapCore(modules: Modules, core: Core, change: (module: Module) => Module): Modules {
  return {
    ...modules,
    [core]: Object.fromEntries(Object.entries(modules[core]).map(([name, module]) => [name, change(module)])),
  };
}

/** Pauses every active module of a core for a cause. */
export function pauseCore(modules: Modules, core: Core, cause: string): Modules {
  return mapCore(modules, core, (module) =>
    module.status === "paused" ? module : { ...module, status: "paused", paused_by: cause },
  );
}

/** Makes every paused module of a core active again. */
export function resumeCore(modules: Modules, core: Core): Modules {
  return mapCore(modules, core, ({ paused_by: _cause, ...module }) => ({ ...module, status: "active" }));
}
