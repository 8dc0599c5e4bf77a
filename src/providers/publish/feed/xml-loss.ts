/** Text that only looks like elements. */
const CDATA = /<!\[CDATA\[[\s\S]*?\]\]>/g;
const PART = /<(!--|\?(?!xml\s)[\w.-]*|[A-Za-z_][\w.:-]*)((?:\s+[\w.:-]+\s*=\s*(?:"[^"]*"|'[^']*'))*)/g;
const ATTRIBUTE = /([\w.:-]+)\s*=\s*(?:"[^"]*"|'[^']*')/g;

/** Names of the elements, attributes, comments and instructions of `before` that `after` has fewer of. */
export function lostParts(before: string, after: string): string[] {
  const there = countParts(after);
  return [...countParts(before)].filter(([name, count]) => (there.get(name) ?? 0) < count).map(([name]) => name);
}

function countParts(xml: string): Map<string, number> {
  const counts = new Map<string, number>();
  const count = (name: string): void => void counts.set(name, (counts.get(name) ?? 0) + 1);
  for (const [, name = "", attributes = ""] of xml.replaceAll(CDATA, "").matchAll(PART)) {
    count(name === "!--" ? "a comment" : `<${name}>`);
    for (const [, attribute = ""] of attributes.matchAll(ATTRIBUTE)) count(`${attribute} of <${name}>`);
  }
  return counts;
}
