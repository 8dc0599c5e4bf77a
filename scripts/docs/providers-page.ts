import { PROVIDER_CATEGORIES } from "../../src/lib/providers.ts";
import type { KnownProvider } from "../../src/providers/catalog.ts";
import { code, codes, page, table } from "./markdown.ts";
import type { Page } from "./pages.ts";
import { membersOf } from "./schema.ts";
import type { Sources } from "./sources.ts";

const INTRO =
  "Settings stand in `.ohmymkt/providers.json` and are made with [`ohmymkt_provider_config`](tools.md#ohmymkt_provider_config); they name environment variables and never hold a key. " +
  "A provider reads its own variables only and reaches its own hosts only.";

const TITLES = {
  image: "Images",
  video: "Videos",
  video_template: "Videos from templates",
  publish: "Platforms",
} as const;

const ONCE = {
  idempotency_key: "the platform drops a second request with the same key",
  deterministic_id: "we choose the id, so a repeat writes the same thing",
  two_steps: "a draft is made and found again by its name; publishing it is the second step",
  read_back: "what is there is looked up before anything is repeated",
  none: "nothing can be looked up: what is uncertain waits for a person",
} as const;

const TAKEN_BACK = { deletes: "deleted", unpublishes: "back to a draft", none: "not possible" } as const;

export function providersPage({ providers }: Sources): Page {
  const sections = PROVIDER_CATEGORIES.map((category) => {
    const known = providers[category];
    const parts = known.map(one);
    return {
      heading: TITLES[category],
      body: [...(category === "publish" ? [delivery(known)] : []), ...parts].join("\n\n"),
    };
  });
  return {
    path: "docs/reference/providers.md",
    text: page("Providers", INTRO, sections),
    items: PROVIDER_CATEGORIES.flatMap((category) =>
      providers[category].map(({ spec }) => ({
        kind: `${category} provider`,
        name: spec.id,
        mark: `### ${spec.title} (${code(spec.id)})\n`,
      })),
    ),
  };
}

/** How each platform keeps a delivery from happening twice, and how it is taken back. */
function delivery(known: readonly KnownProvider[]): string {
  return table(
    ["Platform", "Exactly once by", "Read back", "Taken back", "Holds posts for later"],
    known.flatMap(({ spec, delivery: traits }) =>
      traits
        ? [
            [
              code(spec.id),
              ONCE[traits.exactlyOnce],
              traits.readBack.possible ? `yes; absence is believed after ${traits.readBack.settleMs / 1000} s` : "no",
              TAKEN_BACK[traits.retracts],
              traits.schedules ? "yes" : "no; our outbox does",
            ],
          ]
        : [],
    ),
  );
}

function one({ spec }: KnownProvider): string {
  const options = membersOf(spec.options, "input");
  const facts = [
    ...spec.secrets.map(({ use, names, optional }) => [
      use.replaceAll("_", " "),
      `${codes(names)}${optional ? " (optional)" : ""}`,
    ]),
    ...(spec.aliases && spec.aliases.length > 0 ? [["also called", codes(spec.aliases)]] : []),
    ...(spec.url
      ? [["url", `${spec.url.required ? "yours, such as" : "optional, such as"} ${code(spec.url.example)}`]]
      : []),
    ["hosts", spec.hosts.length > 0 ? codes(spec.hosts) : "none but its url"],
    ["set up", spec.setup],
  ];
  const settings = options.map(({ path, type, required, limits, description }) => [
    code(path),
    `${type}${required ? ", needed" : ""}`,
    [description, limits].filter(Boolean).join("; ") || "–",
  ]);
  return [
    `### ${spec.title} (${code(spec.id)})`,
    table(
      ["", ""],
      facts.map((row) => row.map(String)),
    ),
    ...(settings.length > 0 ? [table(["Option", "Type", "Meaning"], settings)] : []),
  ].join("\n\n");
}
