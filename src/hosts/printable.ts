/** Text that an agent wrote, made safe to show in a question: no control or direction characters, further lines indented. */
export function printable(text: string): string {
  return text.replace(/[\p{Cc}\u061C\u200E\u200F\u2028\u2029\u202A-\u202E\u2066-\u2069]/gu, (char) =>
    char === "\n" ? "\n  " : char === "\t" ? " " : "\uFFFD",
  );
}
