import { code, page, table } from "./markdown.ts";
import type { Page } from "./pages.ts";
import type { Sources } from "./sources.ts";

const INTRO =
  "Every refusal carries one of these codes. The message after it says what was expected and what came, and the line *Next* says which call to make. Codes are stable; messages are not.";

export function errorsPage({ errors, cli }: Sources): Page {
  const rows = Object.entries(errors).map(([name, meaning]) => [
    code(name),
    meaning,
    String(cli.exitOf.get(name) ?? "–"),
  ]);
  return {
    path: "docs/reference/errors.md",
    text: page("Errors", INTRO, [
      { heading: "Codes", body: table(["Code", "Meaning", "Exit code"], rows) },
      {
        heading: "In JSON",
        body: `On the command line \`--json\` prints an error as a value; see [exit codes](cli.md#exit-codes).\n\n\`\`\`json\n${EXAMPLE}\n\`\`\``,
      },
    ]),
    items: Object.keys(errors).map((name) => ({ kind: "error code", name, mark: `| ${code(name)} |` })),
  };
}

const EXAMPLE = JSON.stringify({ error: { code: "…", message: "…", hint: "…" } }, null, 2);
