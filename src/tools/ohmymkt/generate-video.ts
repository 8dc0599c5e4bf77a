import { z } from "zod";
import { OhmymktError } from "../../errors.ts";
import { generateVideo as generate } from "../../features/media/generate-video.ts";
import { askAgain, resumeVideo, withoutPrompt, type VideoOutcome } from "../../features/media/resume-video.ts";
import { quote } from "../../features/media/spend.ts";
import { withRunbook } from "../../features/media/trouble.ts";
import { renderTemplateVideo, type TemplateArgs } from "../../features/media/template-video.ts";
import { firstFrame, videoWork, type VideoArgs } from "../../features/media/video-work.ts";
import { JsonObject } from "../../lib/json.ts";
import { defineTool, spendApproval, type RunContext } from "./define.ts";
import { hidden } from "./lean-schema.ts";
import { ALT_TEXT, ASPECT, lostLine, NAME, PROMPT, renderFile } from "./media-args.ts";

/** Longest video that is asked for, seconds; templates end there too. */
const MOST_SECONDS = 60;
/** Longest props, characters of JSON. */
const MOST_PROPS = 100_000;

const ARGS = {
  type: z.enum(["template", "ai"]),
  prompt: PROMPT.optional(),
  template_id: z.string().min(1).max(100).optional(),
  props: z
    .unknown()
    .refine(
      (value) => value === undefined || isProps(value),
      `expected props as an object of at most ${MOST_PROPS} characters of JSON`,
    )
    .meta({ type: "object" })
    .optional(),
  image_path: z.string().min(1).max(1000).optional(),
  duration_sec: z.number().positive().max(MOST_SECONDS).optional(),
  aspect: ASPECT.optional(),
  name: NAME.optional(),
  // The answer without one says how to add it.
  alt_text: hidden(ALT_TEXT.optional()),
  // Told by the answer that needs it.
  id: hidden(z.string().min(1).max(100).optional()),
};
type Args = z.output<z.ZodObject<typeof ARGS>>;

/** Arguments that only one type takes. */
const ONLY = {
  template: ["template_id", "props"],
  ai: ["prompt", "image_path", "id"],
} as const satisfies Record<Args["type"], readonly (keyof Args)[]>;

export const generateVideo = defineTool({
  name: "ohmymkt_generate_video",
  summary: "Make a video from a template (without template_id: a list), or by ai at a price.",
  args: ARGS,
  async confirm(args, context) {
    assertFits(args);
    if (args.type === "template" || args.id !== undefined) return undefined;
    const asked = await videoArgs(args, context);
    const frame = asked.image_path === undefined ? undefined : await firstFrame(context.store, asked.image_path);
    const { subject, summary } = await withRunbook(context, "video", (settled) =>
      context.transact(async (tx) => {
        const work = await videoWork(tx, asked, frame, context.world);
        settled();
        return quote(tx, work);
      }),
    );
    return { kind: "spend" as const, subject, summary };
  },
  async run(args, context): Promise<VideoOutcome> {
    if (args.type === "template") return { state: "done", ...(await renderTemplateVideo(templateArgs(args), context)) };
    if (args.id !== undefined) return resumeVideo(args.id, context);
    return generate(await videoArgs(args, context), {
      ...context,
      spend: (tx, subject) => spendApproval(tx, context.approval, "spend", subject),
    });
  },
  render(outcome) {
    if (outcome.state === "done") return renderFile(outcome);
    return [
      `Started, and not done yet: ${outcome.job} by ${outcome.provider} ${outcome.model}, ${outcome.reserved} reserved.`,
      `Ask again in a minute; it costs nothing: ${askAgain(outcome.job)}`,
      lostLine(outcome.lost),
    ]
      .filter(Boolean)
      .join("\n");
  },
});

/** A schema of objects drops or follows such names instead of refusing them. */
const REACHING: ReadonlySet<string> = new Set(["__proto__", "constructor", "prototype"]);

function isProps(value: unknown): value is JsonObject {
  return JsonObject.safeParse(value).success && JSON.stringify(value).length <= MOST_PROPS && !reaches(value);
}

function reaches(value: unknown): boolean {
  if (typeof value !== "object" || value === null) return false;
  return Object.entries(value).some(([name, member]) => REACHING.has(name) || reaches(member));
}

function assertFits(args: Args): void {
  const other = args.type === "ai" ? "template" : "ai";
  const foreign = ONLY[other].filter((name) => args[name] !== undefined);
  if (foreign.length === 0) return;
  throw new OhmymktError("invalid_arguments", `type "${args.type}" takes no ${foreign.join(" and no ")}`, {
    hint: `leave it out, or use type "${other}"; nothing was made or spent`,
  });
}

function templateArgs({ props, ...args }: Args): TemplateArgs {
  return { ...args, props: isProps(props) ? props : undefined };
}

async function videoArgs(
  { prompt, image_path, duration_sec, aspect, name, alt_text }: Args,
  { transact }: Pick<RunContext, "transact">,
): Promise<VideoArgs> {
  if (prompt === undefined) throw await transact(withoutPrompt);
  return { prompt, image_path, duration_sec, aspect, name, alt_text };
}
