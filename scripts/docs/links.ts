import { posix } from "node:path";
import { anchors, lines } from "./markdown.ts";

/** Relative links of a page that lead nowhere, and fragments that their page does not have. `pages` holds the text of every Markdown page by path. */
export function brokenLinks(
  path: string,
  markdown: string,
  pages: Readonly<Record<string, string>>,
  exists: (path: string) => boolean,
): string[] {
  return lines(markdown).flatMap(({ number, text, fence }) => {
    if (fence !== undefined) return [];
    const prose = text.replace(/(`+)(?:(?!\1).)+\1(?!`)/g, "code");
    const targets = [...prose.matchAll(/\]\(<?([^)\s>]+)>?(?:\s+"[^"]*")?\)/g)].map((match) => match[1] ?? "");
    return targets.flatMap((target) => {
      const problem = problemOf(path, target, pages, exists);
      return problem === undefined ? [] : [`${path}:${number}: link to ${target}: ${problem}`];
    });
  });
}

function problemOf(
  from: string,
  target: string,
  pages: Readonly<Record<string, string>>,
  exists: (path: string) => boolean,
): string | undefined {
  if (/^[a-z][a-z0-9+.-]*:/i.test(target)) return undefined;
  const [file = "", fragment] = target.split("#");
  const to = file === "" ? from : posix.join(posix.dirname(from), file);
  const page = pages[to];
  if (page === undefined) return exists(to) ? undefined : "there is no such file";
  if (fragment === undefined || anchors(page).has(fragment)) return undefined;
  return "the page has no such heading";
}
