import type { PublishingLine, SpendLine } from "../../../lib/reports.ts";
import { instantText, moneyText, plainWords } from "../wording.ts";
import { html, type Html } from "./html.ts";
import { section, table } from "./section.ts";
import { PUBLISHING_LOOK, status } from "./status.ts";

/** Money that left, beside its approved limit. */
export function spend(lines: readonly SpendLine[]): Html {
  return section(
    "spend",
    "Spend",
    undefined,
    table(
      "Spend",
      [
        { head: "Purpose", cell: ({ purpose }) => purpose },
        { head: "Spent", cell: ({ spent }) => moneyText(spent), set: "number" },
        { head: "Limit", cell: ({ limit }) => (limit ? moneyText(limit) : "none"), set: "number" },
      ],
      lines,
      "Nothing was spent.",
    ),
  );
}

/** What was sent, held, failed or retracted, with receipts. */
export function publishing(lines: readonly PublishingLine[]): Html {
  return section(
    "publishing",
    "Publishing",
    undefined,
    table(
      "Publishing",
      [
        { head: "What", cell: ({ title }) => title },
        { head: "Where", cell: ({ platform }) => plainWords(platform) },
        { head: "Status", cell: (line) => status(PUBLISHING_LOOK[line.status], line.status), set: "tight" },
        { head: "At", cell: ({ at }) => instantText(at), set: "tight" },
        { head: "Receipt", cell: ({ receipt }) => receipt ?? html`<span class="soft">none</span>` },
      ],
      lines,
      "Nothing was sent.",
    ),
  );
}
