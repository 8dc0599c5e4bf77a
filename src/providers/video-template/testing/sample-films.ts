import type { JsonObject } from "../../../lib/json.ts";

/** Props that are longest, of other scripts, or meant to break out. */
export const HOSTILE_TEXTS = {
  script: "<script>alert(1)</script>",
  entity: "<!DOCTYPE x [<!ENTITY e SYSTEM 'file:///etc/passwd'>]>&e;",
  link: '"/><image xlink:href="file:///etc/passwd"/>',
  shell: "$(touch /tmp/x) `id` ; rm -rf / | cat && \\ ' \"",
  emoji: "👩‍👩‍👧‍👦 🚀 ❤️ launch",
  arabic: "ارتفعت الظهورات وانخفضت الجلسات",
  hebrew: "שלום, 2026!",
  chinese: "可见度上升，但高意向会话下降",
  mixed: "Growth نمو 增长 2026",
  combining: "Z͑ͫ̓ͪ̂ͫ̽͏̴̙̤̞͉͚̯̞̠͍A̴̵̜̰͔ͫ͗͢",
} as const;

const fill = (length: number, text = "Wide WORDS make lines long "): string => text.repeat(20).slice(0, length).trim();
const wide = (length: number): string => "W".repeat(length);

/** The longest that each template takes, with words that break and ones that do not. */
export const FULL_PROPS: Readonly<Record<string, readonly JsonObject[]>> = {
  "title-card": [fill, wide].map((text) => ({
    title: text(120),
    subtitle: text(200),
    kicker: text(40),
    brand: text(40),
  })),
  "quote-card": [fill, wide].map((text) => ({ quote: text(280), author: text(60), role: text(80), brand: text(40) })),
  "bar-chart-race": [fill, wide].map((text) => ({
    title: text(80),
    subtitle: text(120),
    periods: Array.from({ length: 60 }, (_, index) => `${index} ${text(13)}`),
    bars: Array.from({ length: 12 }, (_, bar) => ({
      name: `${bar} ${text(37)}`,
      values: Array.from({ length: 60 }, (_one, index) => ((bar * 7919 + index * 104_729) % 9973) * 10 ** (bar % 5)),
    })),
    prefix: text(4),
    suffix: text(8),
    source: text(80),
    brand: text(40),
  })),
  carousel: [fill, wide].map((text) => ({
    slides: Array.from({ length: 8 }, () => ({ title: text(70), text: text(180) })),
    brand: text(40),
  })),
};

const cut = (text: string, letters: number): string => [...text].slice(0, letters).join("");

/** The props of a template with one text in the place of every text. */
export function filledWith(id: string, text: string): JsonObject {
  const props: Record<string, () => JsonObject> = {
    "title-card": () => ({ title: text, subtitle: text, kicker: cut(text, 20), brand: cut(text, 20) }),
    "quote-card": () => ({ quote: text, author: cut(text, 30), role: text, brand: cut(text, 20) }),
    "bar-chart-race": () => ({
      title: text,
      subtitle: text,
      periods: [cut(text, 8), "2"],
      bars: [
        { name: cut(text, 20), values: [1, 2] },
        { name: "other", values: [2, 1] },
      ],
      prefix: cut(text, 2),
      source: text,
      brand: cut(text, 20),
    }),
    carousel: () => ({ slides: [{ title: text, text }, { title: text }], brand: cut(text, 20) }),
  };
  return props[id]?.() ?? {};
}
