import ipaddr from "ipaddr.js";

/** Whether an address is one that a server on the internet cannot have: private, loopback, link-local, metadata, reserved, or not an address at all. */
export function isPrivate(address: string): boolean {
  if (!ipaddr.isValid(address)) return true;
  const parsed = ipaddr.process(address);
  if (parsed instanceof ipaddr.IPv4) return parsed.range() !== "unicast";
  const embedded = translated(parsed);
  if (embedded) return embedded.range() !== "unicast";
  // Global unicast is 2000::/3 (RFC 4291 and IANA); everything else that calls itself unicast is not in use.
  return parsed.range() !== "unicast" || ((parsed.parts[0] ?? 0) & 0xe000) !== 0x2000;
}

/** The address in the one form that every resolver reads alike; undefined for a name. Octal, hexadecimal and shortened forms become dotted ones. */
export function literalAddress(host: string): { address: string; family: 4 | 6 } | undefined {
  const bare = host.replace(/^\[|\]$/g, "");
  if (!ipaddr.isValid(bare)) return undefined;
  const parsed = ipaddr.parse(bare);
  return { address: parsed.toString(), family: parsed.kind() === "ipv6" ? 6 : 4 };
}

/** The IPv4 address that a network without IPv4 reaches through 64:ff9b::/96 (RFC 6052). */
function translated(address: ipaddr.IPv6): ipaddr.IPv4 | undefined {
  if (!address.match(ipaddr.IPv6.parse("64:ff9b::"), 96)) return undefined;
  return new ipaddr.IPv4(address.toByteArray().slice(12));
}
