/** The JSON object that a text ends with: its last fenced block that holds one, else everything between its first and last brace; undefined when there is none. */
export function objectIn(text: string): unknown {
  const fenced = text
    .split("```")
    .filter((_part, index) => index % 2 === 1)
    .toReversed();
  const braced = text.slice(text.indexOf("{"), text.lastIndexOf("}") + 1);
  for (const candidate of [...fenced, braced]) {
    const value = parsed(candidate.replace(/^json\s/u, ""));
    if (typeof value === "object" && value !== null && !Array.isArray(value)) return value;
  }
  return undefined;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
