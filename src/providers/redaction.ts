import { withoutHidden } from "../lib/visible-text.ts";

/** Texts shorter than this occur by chance. */
const SHORTEST = 4;
const SHORTEST_PART = 12;

/** The text with every secret replaced, also where it is percent-encoded, escaped, in hex, or part of something in base64 (such as a Basic header). */
export function redactSecrets(text: string, secrets: readonly string[]): string {
  const forms = [...new Set(secrets.flatMap(parts).flatMap(formsOf))].toSorted((a, b) => b.length - a.length);
  if (forms.length === 0) return text;
  // Host names and header names lose their case.
  return text.replace(new RegExp(forms.map(escaped).join("|"), "gi"), "[redacted]");
}

/** Whether a text repeats a secret, also spelled with characters that nobody sees or that only look like its own. */
export function repeatsSecret(text: string, secrets: readonly string[]): boolean {
  return [text, withoutHidden(text).normalize("NFKC")].some((one) => redactSecrets(one, secrets) !== one);
}

/** A key of the shape "id:secret" is two, because the second alone gives it away; a password in groups works without its spaces. */
function parts(secret: string): string[] {
  const whole = secret.trim();
  const others = [whole.slice(whole.indexOf(":") + 1), whole.replace(/\s+/gu, "")];
  return [whole, ...others.filter((part) => part.length >= SHORTEST_PART)].filter((part) => part.length >= SHORTEST);
}

function formsOf(secret: string): string[] {
  const json = JSON.stringify(secret).slice(1, -1);
  const percent = encodeURIComponent(secret);
  const hex = Buffer.from(secret).toString("hex");
  return [
    secret,
    json,
    json.replaceAll("/", "\\/"),
    percent,
    percent.replaceAll("%20", "+"),
    // What encodeURIComponent leaves alone, stricter encoders do not.
    percent.replace(/[!'()*~]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`),
    secret.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;"),
    hex,
    ...base64Forms(secret),
  ].filter((form) => form.length >= SHORTEST);
}

function escaped(form: string): string {
  return form.replace(/[\\^$.*+?()[\]{}|/-]/g, "\\$&");
}

/** The characters that the secret becomes inside of any base64, whatever stands before and after it; in both alphabets. */
function base64Forms(secret: string): string[] {
  const bytes = Buffer.from(secret);
  return [0, 1, 2].flatMap((before) => {
    const code = Buffer.concat([Buffer.alloc(before), bytes])
      .toString("base64")
      .replace(/=+$/, "");
    const first = Math.ceil((before * 8) / 6);
    const last = Math.floor(((before + bytes.length) * 8) / 6);
    const certain = code.slice(first, last);
    // Shorter ones occur by chance in other words.
    return certain.length >= SHORTEST + 2 ? [certain, certain.replaceAll("+", "-").replaceAll("/", "_")] : [];
  });
}
