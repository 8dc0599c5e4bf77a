import { z } from "zod";
import { MeasurementSettings } from "../../config.ts";
import { ERROR_CODES, type ErrorCode, OhmymktError } from "../../errors.ts";
import { HelperFailure } from "../../helper/helper-process.ts";
import { programEnv } from "../../helper/program-env.ts";
import { runProgram } from "../../helper/program.ts";
import type { Desk } from "../../helper/serve.ts";
import { Actor } from "../../lib/actor.ts";
import type { World } from "../../providers/world.ts";
import type { Store } from "../../store/store.ts";
import { ImportOptions } from "../metric-imports/import-options.ts";
import { importMetrics, type ImportReport } from "./import-metrics.ts";

/** One import as a value that another process can be told. */
export const ImportJob = z.looseObject({
  /** The project, absolute. */
  directory: z.string(),
  /** As the caller names it. */
  file: z.string(),
  options: ImportOptions,
  settings: z.object({ timezone: z.string(), measurement: MeasurementSettings }),
  dryRun: z.boolean(),
  cause: z.strictObject({ actor: Actor, tool: z.string() }),
});
export type ImportJob = z.infer<typeof ImportJob>;

/** Does an import, wherever it does it. Throws as `importMetrics` does. */
export type Importer = (job: ImportJob, signal: AbortSignal) => Promise<ImportReport>;

/** Large files and other writers' locks take longer than a helper may be silent. */
const SIGN_MS = 5000;

/**
 * Imports in processes of their own, src/import.ts: a large one writes and reads hundreds of megabytes, which an event loop that others need
 * must not wait for. What it stored before it was broken off stays, as of any import that was killed.
 */
export function importAside(env: World["env"]): Importer {
  return async (job, signal) => {
    try {
      const report = await runProgram("import", { job: { ...job, kind: "metrics" }, env: programEnv(env), signal });
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- what answers is `importHere` of the same package
      return report as ImportReport;
    } catch (error) {
      if (!(error instanceof HelperFailure)) throw error;
      throw explained(error, job.file);
    }
  };
}

/** The part of `importAside` that happens in the other process. */
export async function importHere(
  asked: unknown,
  { signal, progress }: Desk,
  open: (project: { directory: string }) => Store,
): Promise<ImportReport> {
  const { directory, file, options, settings, dryRun, cause } = ImportJob.parse(asked);
  const store = open({ directory });
  const alive = setInterval(() => progress(0, 1), SIGN_MS);
  try {
    return await importMetrics(await store.file(file), options, settings, {
      dryRun,
      signal,
      transact: (work) => store.transaction(cause, work),
    });
  } catch (error) {
    if (!(error instanceof OhmymktError)) throw error;
    throw new HelperFailure(error.code, error.message, error.hint);
  } finally {
    clearInterval(alive);
    await store.close();
  }
}

function explained({ kind, message, hint }: HelperFailure, file: string): OhmymktError {
  if (isErrorCode(kind)) return new OhmymktError(kind, message, hint === undefined ? {} : { hint });
  if (kind === "defect") return new OhmymktError("internal", message);
  return new OhmymktError("internal", `the process that imports ${JSON.stringify(file)} ${message}`, {
    hint: "import the file again: what is stored already is not stored twice",
  });
}

function isErrorCode(kind: string): kind is ErrorCode {
  return Object.hasOwn(ERROR_CODES, kind);
}
