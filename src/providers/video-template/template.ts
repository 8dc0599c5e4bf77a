import { z } from "zod";
import type { JsonObject } from "../../lib/json.ts";
import type { LookProps } from "./template-props.ts";
import type { Stage } from "./stage.ts";

/** The frame at a time in seconds, as SVG without any reference to the outside. */
export type Film = (seconds: number) => string;

/** A template whose props have been forgotten by the type checker; `compose` takes what `parse` gave. */
export interface Template {
  id: string;
  title: string;
  summary: string;
  /** JSON Schema of the props. */
  schema: JsonObject;
  example: JsonObject;
  /** Checks props; throws a `ZodError`. */
  parse(props: unknown): LookProps;
  /** Project paths of the pictures and the font that props name. */
  files(props: unknown): { pictures: string[]; font: string | undefined };
  /** Usual length in seconds. */
  seconds(props: unknown): number;
  compose(props: unknown, stage: Stage): Film;
}

interface Definition<Props extends LookProps> extends Pick<Template, "id" | "title" | "summary" | "example"> {
  props: z.ZodType<Props>;
  pictures(props: Props): (string | undefined)[];
  seconds(props: Props): number;
  compose(props: Props, stage: Stage): Film;
}

/** A template as data. */
export function defineTemplate<Props extends LookProps>(definition: Definition<Props>): Template {
  const { props: schema, ...rest } = definition;
  const parse = (props: unknown): Props => schema.parse(props);
  return {
    ...rest,
    get schema() {
      return z.record(z.string(), z.json()).parse(z.toJSONSchema(schema, { io: "input", unrepresentable: "any" }));
    },
    parse,
    files(props) {
      const parsed = parse(props);
      return {
        pictures: [...new Set(definition.pictures(parsed).filter((path) => path !== undefined))],
        font: parsed.font,
      };
    },
    seconds: (props) => definition.seconds(parse(props)),
    compose: (props, stage) => definition.compose(parse(props), stage),
  };
}
