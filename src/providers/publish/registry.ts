import type { PublishAdapter } from "./adapter.ts";

/** Every platform that content can be published to, by id; the module of one is loaded when it is used. */
export const PUBLISH_ADAPTERS: Readonly<Record<string, () => Promise<PublishAdapter>>> = {
  x: async () => (await import("./x.ts")).X,
  bluesky: async () => (await import("./bluesky.ts")).BLUESKY,
  smtp: async () => (await import("./smtp.ts")).SMTP,
  feed: async () => (await import("./feed.ts")).FEED,
  linkedin: async () => (await import("./linkedin.ts")).LINKEDIN,
  mastodon: async () => (await import("./mastodon.ts")).MASTODON,
  resend: async () => (await import("./resend.ts")).RESEND,
  ghost: async () => (await import("./ghost.ts")).GHOST,
  wordpress: async () => (await import("./wordpress.ts")).WORDPRESS,
  buffer: async () => (await import("./buffer.ts")).BUFFER,
};
