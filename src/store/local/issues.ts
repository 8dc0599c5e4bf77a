import type { z } from "zod";

type Issue = z.core.$ZodIssue;

/** The first thing that is wrong with a value: the path of the member, and what was expected and came. */
export function firstIssue(error: z.ZodError): { path: PropertyKey[]; problem: string } {
  const [issue] = error.issues;
  if (issue === undefined) return { path: [], problem: "does not fit its schema" };
  const { path: parent, cause } = deepest(issue);
  const path = cause.code === "unrecognized_keys" ? [...parent, ...cause.keys.slice(0, 1)] : parent;
  const member = path.length > 0 ? `${path.map(String).join(".")}: ` : "";
  return { path, problem: `${member}${cause.message}${got(cause)}` };
}

/** For a union, the branch that came furthest, because that is most likely the one that was meant. */
function deepest(issue: Issue): { path: PropertyKey[]; cause: Issue } {
  if (issue.code !== "invalid_union") return { path: issue.path, cause: issue };
  const branches = issue.errors.flatMap(([first]) => (first === undefined ? [] : [deepest(first)]));
  const [best] = branches.toSorted((a, b) => b.path.length - a.path.length);
  return best === undefined
    ? { path: issue.path, cause: issue }
    : { path: [...issue.path, ...best.path], cause: best.cause };
}

/** Needs `reportInput`; the messages for a wrong type say what came already. */
function got({ message, input }: Issue): string {
  const isPlain = input === null || ["string", "number", "boolean"].includes(typeof input);
  return isPlain && !message.includes("received") ? `, got ${JSON.stringify(input)}` : "";
}
