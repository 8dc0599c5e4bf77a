const OTHER_DIGITS = /[٠-٩۰-۹０-９]/g;
const OTHER_SIGNS = /[٠-٩۰-۹０-９٫٬٪％−\u200e\u200f\u061c]/;
const MARKS = /[\u200e\u200f\u061c]/g;

/** Writes Arabic-Indic, Persian and full-width digits and signs as ASCII ones; the Arabic decimal sign becomes `decimal`. */
export function westernDigits(text: string, decimal: "." | ","): string {
  if (!OTHER_SIGNS.test(text)) return text;
  return text
    .replace(MARKS, "")
    .replace(OTHER_DIGITS, (digit) => String(digitValue(digit.charCodeAt(0))))
    .replaceAll("٫", decimal)
    .replaceAll("٬", "")
    .replace(/[٪％]/g, "%")
    .replaceAll("−", "-");
}

/** The three blocks start at U+0660, U+06F0 and U+FF10. */
function digitValue(code: number): number {
  if (code >= 0xff10) return code - 0xff10;
  return code >= 0x06f0 ? code - 0x06f0 : code - 0x0660;
}
