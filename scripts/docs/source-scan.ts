/** Source text by path, tests left out. */
export type SourceFiles = Readonly<Record<string, string>>;

export interface LedgerKind {
  kind: string;
  file: string;
}

/** The error codes of `known` that `new OhmymktError` is given, as literals or by a variable set in the same function. */
export function raisedCodes(files: SourceFiles, known: readonly string[]): Set<string> {
  const given = Object.values(files).flatMap((text) =>
    calls(text, /new OhmymktError\(/g).map(({ at, inside }) => {
      const first = splitArguments(inside)[0] ?? "";
      return /^\w+$/.test(first) ? enclosing(text, at) : first;
    }),
  );
  return new Set(known.filter((code) => given.some((text) => text.includes(`"${code}"`))));
}

/** The kinds of ledger rows that the source appends; `<x>` stands for a value that is only known at run time. */
export function ledgerKinds(files: SourceFiles): LedgerKind[] {
  const constants = new Map(
    Object.values(files).flatMap((text) =>
      [...text.matchAll(/const ([A-Z_]+) = "([a-z]+\.[a-z_]+)"/g)].map(
        (match) => [match[1] ?? "", match[2] ?? ""] as const,
      ),
    ),
  );
  const found = Object.entries(files).flatMap(([file, text]) =>
    calls(text, /(?:\bledger\.append|\bappendLedger)\(/g).flatMap(({ at, inside }) =>
      kindExpressions(text, at, inside)
        .flatMap((one) => kindsOf(one, constants))
        .map((kind) => ({ kind, file })),
    ),
  );
  const unique = new Map(found.map((one) => [`${one.kind} ${one.file}`, one]));
  return [...unique.values()].toSorted((a, b) => compare(a.kind, b.kind) || compare(a.file, b.file));
}

/** What stands behind `kind:`; for a function that takes the kind as a parameter, what its callers in the file pass. */
function kindExpressions(text: string, at: number, inside: string): string[] {
  const members = splitArguments(inside).flatMap((argument) =>
    argument.startsWith("{") ? splitArguments(argument.slice(1, -1)) : [],
  );
  const named = members
    .find((one) => one.startsWith("kind:"))
    ?.slice("kind:".length)
    .trim();
  if (named !== undefined) return [named];
  if (!members.includes("kind")) return [];
  const [, name = "", parameters = ""] = /function (\w+)\(([^)]*)\)/.exec(enclosing(text, at)) ?? [];
  const index = splitArguments(parameters).findIndex((one) => one.startsWith("kind:"));
  return calls(text, new RegExp(`(?<!function )\\b${name}\\(`, "g")).map(
    (call) => splitArguments(call.inside)[index] ?? "",
  );
}

function kindsOf(expression: string, constants: ReadonlyMap<string, string>): string[] {
  const constant = constants.get(expression);
  if (constant !== undefined) return [constant];
  if (expression.startsWith("`")) return templateKinds(expression.slice(1, -1));
  return [...expression.matchAll(/"([a-z]+\.[a-z_]+)"/g)].map((match) => match[1] ?? "");
}

/** "incident.${a ? "update" : after.status}" → "incident.update" and "incident.<status>". */
function templateKinds(template: string): string[] {
  const hole = /\$\{([^}]*)\}/.exec(template);
  if (hole === null) return [template];
  const branches = (hole[1] ?? "").includes("?") ? (hole[1] ?? "").replace(/^.*?\?/s, "").split(":") : [hole[1] ?? ""];
  return branches.flatMap((branch) => {
    const text = branch.trim();
    const value = /^"(.*)"$/.exec(text)?.[1] ?? `<${/(\w+)$/.exec(text)?.[1] ?? "value"}>`;
    return templateKinds(template.replace(hole[0], value));
  });
}

/** The text between the parentheses of each call; `at` is where the call begins. */
function calls(text: string, opening: RegExp): { at: number; inside: string }[] {
  return [...text.matchAll(opening)].map((match) => {
    const start = match.index + match[0].length;
    return { at: match.index, inside: text.slice(start, closing(text, start)) };
  });
}

/** Where the bracket that is open at `start` closes; brackets in texts do not count. */
function closing(text: string, start: number): number {
  let depth = 0;
  for (let at = start; at < text.length; at += 1) {
    const char = text.charAt(at);
    if (`"'\``.includes(char)) at = endOfText(text, at);
    else if ("([{".includes(char)) depth += 1;
    else if (")]}".includes(char)) {
      if (depth === 0) return at;
      depth -= 1;
    }
  }
  return text.length;
}

function endOfText(text: string, start: number): number {
  const quote = text.charAt(start);
  for (let at = start + 1; at < text.length; at += 1) {
    if (text.charAt(at) === "\\") at += 1;
    else if (text.charAt(at) === quote) return at;
    else if (quote === "`" && text.startsWith("${", at)) at = closing(text, at + 2);
  }
  return text.length;
}

function splitArguments(text: string): string[] {
  const parts: string[] = [];
  let begin = 0;
  let depth = 0;
  for (let at = 0; at <= text.length; at += 1) {
    const char = text.charAt(at);
    if (char !== "" && `"'\``.includes(char)) at = endOfText(text, at);
    else if (char !== "" && "([{".includes(char)) depth += 1;
    else if (char !== "" && ")]}".includes(char)) depth -= 1;
    else if (depth === 0 && (char === "," || char === "")) {
      parts.push(text.slice(begin, at).trim());
      begin = at + 1;
    }
  }
  return parts.filter((part) => part !== "");
}

/** The top-level function around a place, as text. */
function enclosing(text: string, at: number): string {
  const start = Math.max(
    ...[...text.matchAll(/^(?:export )?(?:async )?function /gm)]
      .map(({ index }) => index)
      .filter((index) => index < at),
    0,
  );
  const end = text.indexOf("\n}", at);
  return text.slice(start, end === -1 ? text.length : end);
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
