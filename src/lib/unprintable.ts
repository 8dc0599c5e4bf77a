/** What XML 1.0 §2.2 forbids, lone surrogates, and the overrides that would turn the text around them (UAX #9). */
// oxlint-disable-next-line no-control-regex -- those are the characters that are meant
const UNPRINTABLE = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069\ufffe\uffff]/g;

/** The text with U+FFFD for every character that may not stand in a page. */
export function replaceUnprintable(text: string): string {
  return text.toWellFormed().replaceAll(UNPRINTABLE, "\ufffd");
}
