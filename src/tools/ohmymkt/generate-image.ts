import { OhmymktError } from "../../errors.ts";
import { generateImage as generate } from "../../features/media/generate-image.ts";
import { imageWork, type ImageArgs } from "../../features/media/image-work.ts";
import { quote } from "../../features/media/spend.ts";
import { withRunbook } from "../../features/media/trouble.ts";
import { ResearchText } from "../../lib/research.ts";
import { defineTool, spendApproval } from "./define.ts";
import { hidden } from "./lean-schema.ts";
import { ALT_TEXT, ASPECT, attachFile, NAME, PROMPT, renderFile, SIZE } from "./media-args.ts";

export const generateImage = defineTool({
  name: "ohmymkt_generate_image",
  summary: "Draw an image; a person approves the cost.",
  args: {
    prompt: PROMPT,
    // The prompt says the same, and the aspect what the size does.
    style: hidden(ResearchText.max(500).optional()),
    aspect: ASPECT.optional(),
    size: hidden(SIZE.optional()),
    negative_prompt: hidden(ResearchText.max(1000).optional()),
    name: NAME.optional(),
    alt_text: ALT_TEXT.optional(),
  },
  async confirm(args, context) {
    assertOneShape(args);
    const { subject, summary } = await withRunbook(context, "image", (settled) =>
      context.transact(async (tx) => {
        const work = await imageWork(tx, args, context.world);
        settled();
        return quote(tx, work);
      }),
    );
    return { kind: "spend" as const, subject, summary };
  },
  run: (args, context) =>
    generate(args, {
      ...context,
      spend: (tx, subject) => spendApproval(tx, context.approval, "spend", subject),
    }),
  attach: attachFile,
  render: renderFile,
});

function assertOneShape({ size, aspect }: ImageArgs): void {
  if (size === undefined || aspect === undefined) return;
  throw new OhmymktError("invalid_arguments", `expected a size or an aspect, got both (${size} and ${aspect})`, {
    hint: "leave one of them out; nothing was asked or spent",
  });
}
