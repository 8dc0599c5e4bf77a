import { z } from "zod";
import { STATE_NAMES, STATE_VIEWS, type StateView } from "../../features/governance/state-views.ts";
import { defineTool } from "./define.ts";

/** Text stays well under the host's own cut at about 50 KiB. */
const MAX_TEXT = 16_000;

export const readState = defineTool({
  name: "ohmymkt_read_state",
  summary: "Read the state, paged; health is the operator's checklist.",
  args: {
    file: z.enum(STATE_NAMES),
    query: z.string().max(200).optional(),
    page: z.int().min(1).default(1),
  },
  async run({ file, query, page }, context) {
    const view: StateView = await context.transact((tx) =>
      STATE_VIEWS[file](tx, { query, page, config: context.config, world: context.world }),
    );
    return { file, ...view };
  },
  render: ({ file, head, lines, total, page, pages }) => {
    const text = [
      `${file}: ${total} row${total === 1 ? "" : "s"}${pages > 1 ? `, page ${page} of ${pages}` : ""}`,
      head === undefined ? "" : typeof head === "string" ? head : JSON.stringify(head),
      ...lines.map((line) => `- ${line}`),
    ]
      .filter(Boolean)
      .join("\n");
    return text.length <= MAX_TEXT ? text : `${text.slice(0, MAX_TEXT)}\n… cut; narrow it with query`;
  },
});
