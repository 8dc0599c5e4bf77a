import { replaceUnprintable } from "../lib/unprintable.ts";

const ENTITIES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

/** Printable text for an element or a quoted attribute of HTML or SVG. */
export function escapeHtml(text: string): string {
  return replaceUnprintable(text).replaceAll(/[&<>"']/g, (character) => ENTITIES[character] ?? character);
}
