import { code, page, table } from "./markdown.ts";
import type { Page } from "./pages.ts";
import { membersOf, type Member } from "./schema.ts";
import { ledgerKinds } from "./source-scan.ts";
import type { Sources, StateFile } from "./sources.ts";

const INTRO =
  "The governed files below `.ohmymkt/` in the project, and the record of what happened to them. Tools write them; a change by hand is noticed at the next read and recorded as one. " +
  "The project's settings are on a page of their own: [configuration](../configurations.md).";

export function statePage({ files, code: source }: Sources): Page {
  const overview = table(
    ["File", "Written by", "Read by", "Changes with"],
    files.map((file) => [code(`.ohmymkt/${file.path}`), file.producer, file.consumer, file.trigger]),
  );
  return {
    path: "docs/reference/state.md",
    text: page("State", INTRO, [
      { heading: "Overview", body: overview },
      ...files.map(fileSection),
      { heading: "Ledger kinds", body: ledgerText(source) },
    ]),
    items: files.map(({ path }) => ({ kind: "state file", name: path, mark: `| ${code(`.ohmymkt/${path}`)} |` })),
  };
}

function fileSection(file: StateFile): { heading: string; body: string } {
  const form =
    file.format === "markdown"
      ? "Markdown; the members below are its YAML front matter, except `body`, which is the text"
      : "JSON";
  return {
    heading: file.path.replace("<id>", "id"),
    body: `${code(`.ohmymkt/${file.path}`)}, ${form}. Format version ${file.version}.\n\n${memberTable(membersOf(file.schema, "output"))}`,
  };
}

function memberTable(members: readonly Member[]): string {
  return table(
    ["Member", "Type", "Always there", "Limits and meaning"],
    members.map(({ path, type, required, limits, description }) => [
      code(path),
      type,
      required ? "yes" : "no",
      [limits, description].filter(Boolean).join("; "),
    ]),
  );
}

function ledgerText(source: Sources["code"]): string {
  const intro =
    "Every row of the ledger has a kind, `noun.verb`; `ohmymkt read-state ledger --query <text>` looks for one. A name in angle brackets stands for a value such as a state of [these machines](rules.md#state-machines).";
  const kinds = Map.groupBy(ledgerKinds(source), ({ kind }) => kind);
  return `${intro}\n\n${table(
    ["Kind", "Appended in"],
    [...kinds].map(([kind, rows]) => [code(kind), rows.map(({ file }) => code(file)).join(", ")]),
  )}`;
}
