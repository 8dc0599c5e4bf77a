import type { ContentClass } from "../../lib/outbox.ts";

/** Stands for the recipient in the option `unsubscribe`. */
const RECIPIENT = "{to}";

/** The address by which one recipient leaves. */
export function unsubscribeAddress(option: string, to: string): string {
  return option.replaceAll(RECIPIENT, encodeURIComponent(to));
}

/** RFC 2369, and RFC 8058 for one click where the address alone says who leaves (§3.1): nobody is asked then. */
export function unsubscribeHeaders(address: string | undefined, to: string): Record<string, string> {
  if (address === undefined) return {};
  const header = { "List-Unsubscribe": `<${address}>` };
  return address.startsWith("https:") && address.includes(encodeURIComponent(to))
    ? { ...header, "List-Unsubscribe-Post": "List-Unsubscribe=One-Click" }
    : header;
}

export function unsubscribeWarnings(option: string | undefined, contentClass: ContentClass): string[] {
  if (contentClass !== "content") return [];
  if (option === undefined)
    return ["there is no way to unsubscribe; set the option unsubscribe to an https or mailto address"];
  if (!option.startsWith("https:") || option.includes(RECIPIENT)) return [];
  return [`the option unsubscribe does not say who unsubscribes, so there is no one-click; put ${RECIPIENT} into it`];
}
