import { z } from "zod";
import { runProgram } from "../../helper/program.ts";
import { HelperFailure } from "../../helper/helper-process.ts";
import { OhmymktError } from "../../errors.ts";
import { ProviderFailure } from "../failure.ts";
import { ASPECTS, DURATION } from "./aspects.ts";
import type { FilmJob } from "./film.ts";
import { findEncoder } from "./find-ffmpeg.ts";
import { programEnv } from "../../helper/program-env.ts";
import type { Template } from "./template.ts";
import { findTemplate, TEMPLATES } from "./templates.ts";
import { RenderedVideo, type TemplateRequest, type VideoTemplateProvider } from "./video-template-provider.ts";

/** Characters of JSON; the fullest bar chart race has about a third of it. */
const LONGEST_PROPS = 100_000;
/** Bytes of one file and of all: what still can be handed over without anybody noticing. */
const LARGEST_FILE = 20 * 1024 * 1024;
const LARGEST_SUM = 60 * 1024 * 1024;

/** The package's own templates: drawn as SVG, encoded by the ffmpeg of this machine, in a process of their own. */
export const builtin: VideoTemplateProvider = {
  id: "builtin",
  title: "Built-in templates (ffmpeg)",
  async available({ env }) {
    const found = await findEncoder(env);
    return found.ok ? { ok: true, detail: found.path } : found;
  },
  templates: async () =>
    TEMPLATES.map(({ id, title, summary, schema, example }) => ({ id, title, summary, props: schema, example })),
  files(request) {
    const { pictures, font } = check(request).files(request.props);
    return [...pictures, ...(font === undefined ? [] : [font])];
  },
  async render(request, { env }) {
    const template = check(request);
    const encoder = await findEncoder(env);
    if (!encoder.ok) throw new ProviderFailure("missing", encoder.message);
    const paths = builtin.files(request);
    const files = paths.map((path) => request.files.get(path));
    checkFiles(paths, files);
    const job: FilmJob = {
      kind: "film",
      template: template.id,
      props: request.props,
      aspect: request.aspect,
      seconds: request.durationSec ?? template.seconds(request.props),
      paths,
      output: request.output,
      ffmpeg: encoder.path,
    };
    try {
      const done = await runProgram("draw", {
        job,
        files: files.filter((one) => one !== undefined),
        env: programEnv(env),
        signal: request.signal,
        progress: request.progress,
      });
      return RenderedVideo.parse(done);
    } catch (error) {
      if (!(error instanceof HelperFailure)) throw error;
      if (error.kind === "rejected") throw new OhmymktError("invalid_arguments", error.message);
      throw new ProviderFailure("unavailable", `the film could not be made: ${error.message}`, { cause: error });
    }
  },
};

function check({ template: id, props, aspect, durationSec }: TemplateRequest): Template {
  const template = findTemplate(id);
  const refuse = (message: string, hint: string): never => {
    throw new OhmymktError("invalid_arguments", message, { hint });
  };
  if (!template)
    return refuse(
      `expected template_id ${TEMPLATES.map((one) => one.id).join(", ")}, got ${JSON.stringify(id.slice(0, 80))}`,
      "use one of these",
    );
  if (!Object.hasOwn(ASPECTS, aspect))
    refuse(`expected aspect ${Object.keys(ASPECTS).join(", ")}, got ${JSON.stringify(aspect)}`, "use one of these");
  if (durationSec !== undefined && !(durationSec >= DURATION.min && durationSec <= DURATION.max))
    refuse(
      `expected duration_sec ${DURATION.min} to ${DURATION.max}, got ${durationSec}`,
      "give another length, or none for the usual one",
    );
  // Before they are looked at one by one, which would take long.
  const length = JSON.stringify(props).length;
  if (length > LONGEST_PROPS)
    refuse(
      `expected props of at most ${LONGEST_PROPS} characters, got ${length}`,
      "leave out what one film cannot show",
    );
  try {
    template.parse(props);
  } catch (error) {
    if (!(error instanceof z.ZodError)) throw error;
    refuse(
      `the props of ${id} are not right:\n${z.prettifyError(error).slice(0, 2000)}`,
      `give props such as ${JSON.stringify(template.example)}`,
    );
  }
  return template;
}

function checkFiles(paths: readonly string[], files: readonly (Uint8Array | undefined)[]): void {
  let sum = 0;
  for (const [index, file] of files.entries()) {
    const path = paths[index];
    if (!file) throw new OhmymktError("not_found", `expected the file ${path}, which the props name`);
    if (file.length > LARGEST_FILE)
      throw new OhmymktError("invalid_arguments", `${path} has ${file.length} bytes, more than ${LARGEST_FILE}`, {
        hint: "scale the picture down first",
      });
    sum += file.length;
  }
  if (sum > LARGEST_SUM)
    throw new OhmymktError(
      "invalid_arguments",
      `the files of the props have ${sum} bytes together, more than ${LARGEST_SUM}`,
      { hint: "scale the pictures down first" },
    );
}
