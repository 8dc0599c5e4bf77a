import { sha256 } from "./bench.ts";
import type { Published } from "./subject.ts";

export interface Pictures {
  /** What a reader sees of the pictures in HTML. */
  of(html: string): Promise<Published["media"]>;
  /** One picture as its address gives it. */
  at(address: string, alt: string | undefined): Promise<Published["media"][number]>;
}

/** Pictures fetched from where a page says they are, each address once: what a server stored it does not change. */
export function readPictures(): Pictures {
  const seen = new Map<string, Promise<string>>();
  const fetched = async (address: string): Promise<string> => {
    const answer = await fetch(address);
    if (!answer.ok) throw new Error(`expected a picture at ${address}, got ${answer.status}`);
    return sha256(await answer.bytes());
  };
  const at: Pictures["at"] = async (address, alt) => {
    const hash = seen.get(address) ?? fetched(address);
    seen.set(address, hash);
    return { hash: await hash, alt };
  };
  return {
    at,
    of: (html) => {
      const tags = [...html.matchAll(/<img\b[^>]*>/g)].map(([tag]) => tag);
      return Promise.all(tags.map((tag) => at(attribute(tag, "src") ?? "", attribute(tag, "alt"))));
    },
  };
}

function attribute(tag: string, name: string): string | undefined {
  return new RegExp(` ${name}="([^"]*)"`).exec(tag)?.[1]?.replaceAll("&quot;", '"').replaceAll("&amp;", "&");
}
