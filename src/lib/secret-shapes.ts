/** Beginnings that issuers give to their keys and tokens. */
const ISSUED =
  /^(?:sk|pk|rk)[-_][\w-]{6,}|^(?:r8_|re_|gh[opsu]_|github_pat_|xox[abprs]-|glpat-|AKIA|ASIA|AIza|ya29\.|SG\.|hf_)[\w.-]{8,}|^EAA[A-Za-z0-9]{12,}|^eyJ[\w-]{8,}\.|-----BEGIN |^(?:[Bb]earer|[Bb]asic)\s+(?=\S*[\d+/=])[\w+/=.-]{12,}$/;

/** Passwords that platforms make for programs: Bluesky's "abcd-efgh-ijkl-mnop" and WordPress's six groups of four. */
const APP_PASSWORD = /^[a-z2-7]{4}(?:-[a-z2-7]{4}){3}$|^[A-Za-z0-9]{4}(?: [A-Za-z0-9]{4}){5}$/;

/** A model pinned to a version, as Replicate writes it. */
const PINNED_MODEL = /^[\w.-]+\/[\w.-]+:[0-9a-f]{64}$/;

/** Long runs without spaces that are no words: hex, base64, or the "id:secret" of two such. */
const RUN = /[A-Za-z0-9+/_=-]{20,}/g;
const HEX = /^[0-9a-f]+$/i;

/** Whether a text looks like a key or token rather than a name, an address or a sentence. It errs on the side of yes for long runs of mixed characters; ids of 24 hexadecimal digits pass. */
export function looksLikeSecret(text: string): boolean {
  const bare = text.trim();
  if (PINNED_MODEL.test(bare)) return false;
  if (APP_PASSWORD.test(bare) || [bare, ...bare.split(/[\s"'=,;]+/)].some((word) => ISSUED.test(word))) return true;
  return (bare.match(RUN) ?? []).some((run) => (HEX.test(run) ? run.length >= 32 : run.length >= 24 && isMixed(run)));
}

/** Whether any text in a value, member names included, looks like a key. */
export function holdsSecret(value: unknown): boolean {
  if (typeof value === "string") return looksLikeSecret(value);
  if (Array.isArray(value)) return value.some(holdsSecret);
  if (typeof value !== "object" || value === null) return false;
  return Object.entries(value).some(([name, member]) => looksLikeSecret(name) || holdsSecret(member));
}

/** Words joined by dashes, slashes or underscores change class rarely; random characters do at every second step. */
function isMixed(run: string): boolean {
  const classes = [...run].map((character) =>
    /[a-z]/.test(character) ? "a" : /[A-Z]/.test(character) ? "A" : /\d/.test(character) ? "0" : "-",
  );
  const kinds = new Set(classes.filter((kind) => kind !== "-")).size;
  if (kinds === 3 && run.length >= 32) return true;
  const changes = classes.filter((kind, index) => index > 0 && kind !== classes[index - 1]).length;
  return kinds >= 2 && changes / run.length > 0.25;
}
