/** Text on one line that cannot break out of a Markdown table cell or list item. */
export function cell(text: string): string {
  return text.replaceAll("|", "\\|").replace(/\s+/g, " ").trim();
}

/** Lines joined, or `none` when there are none. */
export function linesOr(lines: readonly string[], none: string): string {
  return lines.length > 0 ? lines.join("\n") : none;
}
