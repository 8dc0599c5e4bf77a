import { code, table } from "./markdown.ts";
import type { Page } from "./pages.ts";
import { membersOf } from "./schema.ts";
import type { Sources } from "./sources.ts";

export const BEGIN = "<!-- settings: written by bun scripts/docs.ts -->";
export const END = "<!-- end of settings -->";
export const CONFIGURATIONS = "docs/configurations.md";

/** The hand-written page with its table of settings replaced; a page without the two marker comments gets them at its end. */
export function configurationsPage({ config }: Sources, current: string | undefined): Page {
  const members = membersOf(config.schema, "input");
  const [before = "", rest] = (current ?? "").split(BEGIN);
  const after = rest?.split(END)[1];
  const body = after === undefined ? `${before}\n` : before;
  return {
    path: CONFIGURATIONS,
    text: `${body}${BEGIN}\n\n${settings(members)}\n\nAll defaults in one file:\n\n\`\`\`json\n${JSON.stringify(config.defaults, null, 2)}\n\`\`\`\n\n${END}${after ?? "\n"}`,
    items: members.map(({ path }) => ({ kind: "config key", name: path, mark: `| ${code(path)} |` })),
  };
}

function settings(members: ReturnType<typeof membersOf>): string {
  return table(
    ["Key", "Type", "Default", "Limits and meaning"],
    members.map(({ path, type, fallback, limits, description }) => [
      code(path),
      type,
      fallback && code(fallback),
      [limits, description].filter(Boolean).join("; "),
    ]),
  );
}
