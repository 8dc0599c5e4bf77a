import { z } from "zod";

/** Control characters, lone surrogates and overrides of direction: what is no text of a person. */
// oxlint-disable-next-line no-control-regex -- those are the characters that are meant
const HIDDEN = /[\u0000-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069\ufffe\uffff]|\p{Surrogate}/u;

/** One text of at most `max` characters, in any script. */
export const text = (max: number): z.ZodType<string> => words(max, (value) => value.trim());

/** What stands before or after a number, with the space between them. */
export const affix = (max: number): z.ZodType<string> => words(max, (value) => value);

const words = (max: number, tidied: (value: string) => string): z.ZodType<string> =>
  z
    .string()
    .max(max)
    .transform((value) => tidied(value.replaceAll(/[\t\n\r ]+/g, " ")))
    .pipe(
      z
        .string()
        .min(1)
        .refine((value) => !HIDDEN.test(value), "expected text without control characters"),
    );

/** A file of the project, relative to it; the caller reads it and hands over its bytes. */
export const filePath = z
  .string()
  .max(300)
  .regex(
    /^(?![/~])(?!.*(?:^|\/)\.\.(?:\/|$))[^\\:\p{Cc}]+$/u,
    "expected a path inside the project, such as assets/team.jpg",
  );

export const colour = z.string().regex(/^#[0-9a-f]{6}$/i, "expected a colour such as #1f6feb");

/** Background, text and accent of each theme; text has a contrast of at least 7 on its background, an accent at least 4.5. */
export const THEMES = {
  ink: { background: "#14141f", text: "#f7f5f0", accent: "#ff7f5c" },
  paper: { background: "#f6f1e7", text: "#1f1b16", accent: "#b23a0e" },
  ocean: { background: "#06283d", text: "#f1f8fb", accent: "#56cfc9" },
  forest: { background: "#12372a", text: "#fbf7ec", accent: "#f2b84b" },
  plum: { background: "#2d1240", text: "#fdf6ff", accent: "#ffb3c7" },
  snow: { background: "#ffffff", text: "#10131a", accent: "#1d4ed8" },
} as const;
export type Theme = keyof typeof THEMES;

/** What every template takes: its look. */
export const lookProps = (theme: Theme) =>
  ({
    theme: z.enum(["ink", "paper", "ocean", "forest", "plum", "snow"]).default(theme),
    colors: z.strictObject({ background: colour, text: colour, accent: colour }).partial().default({}),
    font: filePath
      .optional()
      .describe("A .ttf or .otf file of the project, for its brand or for scripts such as Chinese"),
    brand: text(40).optional().describe("Name or address at the edge"),
  }) as const;
export type LookProps = {
  theme: Theme;
  colors: { background?: string | undefined; text?: string | undefined; accent?: string | undefined };
  font?: string | undefined;
  brand?: string | undefined;
};
