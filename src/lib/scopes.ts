/** What a value is about, as one text: the empty text for the whole property, else `name=value` parts joined by `&`. */
export function scopeText(name: string, value: string): string {
  return `${name}=${/[%&=]/.test(value) ? value.replace(/[%&=]/g, encodeURIComponent) : value}`;
}

/** The parts of a scope by name, decoded; nothing for the whole property. */
export function scopeParts(scope: string): ReadonlyMap<string, string> {
  if (scope === "") return new Map();
  return new Map(
    scope.split("&").map((part): [string, string] => {
      const at = part.indexOf("=");
      return [part.slice(0, at), part.slice(at + 1).replace(/%(25|26|3D)/gi, decodeURIComponent)];
    }),
  );
}
