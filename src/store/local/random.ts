const ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz";

/** Twelve random characters (60 bits) that are easy to read and safe in a file name. */
export function randomBase32(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(12)), (byte) => ALPHABET[byte & 31]).join("");
}
