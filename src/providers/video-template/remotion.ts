import { fileURLToPath } from "node:url";
import { z } from "zod";
import { HelperFailure, runHelper } from "../../helper/helper-process.ts";
import { OhmymktError } from "../../errors.ts";
import { ProviderFailure } from "../failure.ts";
import { ASPECTS, DURATION } from "./aspects.ts";
import { programEnv } from "../../helper/program-env.ts";
// oxlint-disable-next-line import/default -- with this type the import is the path of the file
import driver from "./remotion-driver.mjs" with { type: "file" };
import { RenderedVideo, type VideoTemplateProvider, type Workplace } from "./video-template-provider.ts";

/** The version that was tried with this package; any other will do as long as all three are of it. */
const TRIED = "4.0.529";
const PACKAGES = ["remotion", "@remotion/renderer", "@remotion/bundler"].map((name) => `${name}@${TRIED}`).join(" ");
const LICENCE =
  "Remotion has its own licence: free for individuals, non-profits and companies of up to three people, others buy one (https://remotion.dev/license)";
const BROWSERS = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];
/** Webpack is silent for long on a cold start. */
const SILENCE_MS = 300_000;

const Probed = z.strictObject({ version: z.string() });
const Listed = z.array(
  z.strictObject({
    id: z.string(),
    width: z.number(),
    height: z.number(),
    fps: z.number(),
    durationInFrames: z.number(),
    defaultProps: z.record(z.string(), z.json()).catch({}),
  }),
);

/** The user's own Remotion project, by the API of the packages installed there; nothing of Remotion comes with this package. */
export const remotion: VideoTemplateProvider = {
  id: "remotion",
  title: "Remotion project of the user",
  async available(place) {
    try {
      const { version } = Probed.parse(await drive(place, { mode: "probe" }));
      return { ok: true, detail: `Remotion ${version}. ${LICENCE}` };
    } catch (error) {
      if (error instanceof ProviderFailure || error instanceof OhmymktError)
        return { ok: false, message: error.message };
      throw error;
    }
  },
  async templates(place, signal) {
    const found = Listed.parse(await drive(place, { mode: "list" }, { signal }));
    return found.map(({ id, width, height, fps, durationInFrames, defaultProps }) => ({
      id,
      title: id,
      summary: `${width} × ${height}, ${fps} frames per second, ${durationInFrames / fps} s`,
      example: defaultProps,
    }));
  },
  files({ aspect, durationSec }) {
    if (!Object.hasOwn(ASPECTS, aspect))
      throw new OhmymktError(
        "invalid_arguments",
        `expected aspect ${Object.keys(ASPECTS).join(", ")}, got ${JSON.stringify(aspect)}`,
      );
    if (durationSec !== undefined && !(durationSec >= DURATION.min && durationSec <= DURATION.max))
      throw new OhmymktError(
        "invalid_arguments",
        `expected duration_sec ${DURATION.min} to ${DURATION.max}, got ${durationSec}`,
      );
    return [];
  },
  async render(request, place) {
    remotion.files(request);
    const { template, props, aspect, durationSec, output, signal, progress } = request;
    const job = { mode: "render", template, props, size: ASPECTS[aspect], seconds: durationSec, output };
    return RenderedVideo.parse(await drive(place, job, { signal, progress }));
  },
};

async function drive(
  { directory, projectPath, env }: Workplace,
  job: Record<string, unknown>,
  listeners: { signal?: AbortSignal; progress?: ((done: number, of: number) => void) | undefined } = {},
): Promise<unknown> {
  const missing = (what: string): ProviderFailure =>
    new ProviderFailure(
      "missing",
      `${what}. Next: in the folder of the Remotion project run \`npm i --save-exact ${PACKAGES}\`, and name that folder as project_path of the provider remotion. ${LICENCE}`,
    );
  if (projectPath === undefined) throw missing("expected project_path, the folder of a Remotion project, got none");
  const which = (name: string): string | undefined => Bun.which(name, { PATH: env["PATH"] ?? "" }) ?? undefined;
  const browser = env["OHMYMKT_CHROMIUM"] ?? BROWSERS.map(which).find((path) => path !== undefined);
  // Without Node, Bun does: the one that runs this.
  const node = which("node");
  try {
    return await runHelper({
      command: [node ?? process.execPath, fileURLToPath(new URL(driver, import.meta.url))],
      env: { ...programEnv(env), ...(node === undefined ? { BUN_BE_BUN: "1" } : {}) },
      cwd: directory,
      job: { ...job, directory, project: projectPath, browser },
      silenceMs: SILENCE_MS,
      ...listeners,
    });
  } catch (error) {
    if (!(error instanceof HelperFailure)) throw error;
    if (error.kind === "missing") throw missing(error.message);
    if (error.kind === "rejected") throw new OhmymktError("invalid_arguments", error.message);
    throw new ProviderFailure("unavailable", `Remotion could not do it: ${error.message}`, { cause: error });
  }
}
