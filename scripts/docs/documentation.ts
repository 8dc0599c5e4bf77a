import { agentsPage } from "./agents-page.ts";
import { cliPage } from "./cli-page.ts";
import { CONFIGURATIONS, configurationsPage } from "./configurations-page.ts";
import { errorsPage } from "./errors-page.ts";
import { gatesPage } from "./gates-page.ts";
import { brokenLinks } from "./links.ts";
import { unknownNames, worldOf } from "./mentions.ts";
import { drift, stale, type Page } from "./pages.ts";
import { providersPage } from "./providers-page.ts";
import { rulesPage } from "./rules-page.ts";
import type { Sources } from "./sources.ts";
import { statePage } from "./state-page.ts";
import { toolsPage } from "./tools-page.ts";
import { undocumented, unusedCodes } from "./undocumented.ts";

/** The folder that holds nothing but generated pages. */
export const REFERENCE = "docs/reference/";

/** The repository as the check sees it. */
export interface Repository {
  /** Every Markdown page for people, path → text. */
  pages: Readonly<Record<string, string>>;
  exists(path: string): boolean;
}

export interface Findings {
  drift: string[];
  stale: string[];
  undocumented: string[];
  /** Names and links that lead nowhere. */
  broken: string[];
  /** Worth knowing, but no failure. */
  remarks: string[];
}

/** All generated pages as they should be. */
export function generatedPages(sources: Sources, repository: Repository): Page[] {
  const pages = [toolsPage, gatesPage, statePage, agentsPage, errorsPage, cliPage, rulesPage, providersPage].map(
    (make) => make(sources),
  );
  return [...pages, configurationsPage(sources, repository.pages[CONFIGURATIONS])];
}

/** Compares sources, generated pages and hand-written pages. */
export function examine(sources: Sources, repository: Repository): Findings {
  const generated = generatedPages(sources, repository);
  const present = Object.keys(repository.pages).filter((path) => path.startsWith(REFERENCE));
  const pages = { ...repository.pages, ...Object.fromEntries(generated.map(({ path, text }) => [path, text])) };
  const world = worldOf(sources, repository.exists);
  return {
    drift: drift(generated, repository.pages),
    stale: stale(generated, present),
    undocumented: undocumented(sources),
    broken: Object.entries(pages).flatMap(([path, text]) => [
      ...(path.startsWith(REFERENCE) ? [] : unknownNames(path, text, world)),
      ...brokenLinks(path, text, pages, repository.exists),
    ]),
    remarks: unusedCodes(sources),
  };
}
