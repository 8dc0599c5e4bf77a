import { code, page, table } from "./markdown.ts";
import type { Page } from "./pages.ts";
import type { GateSource, Sources } from "./sources.ts";

const INTRO =
  "A campaign starts only when all five gates pass. A field passes with a value that opens it, evidence that is still alive, and a person's recorded approval of exactly that value and evidence; " +
  "[`ohmymkt_check_gates`](tools.md#ohmymkt_check_gates) shows them, [`ohmymkt_update_gates`](tools.md#ohmymkt_update_gates) sets them.";

type Field = GateSource["fields"][string];

export function gatesPage({ gates }: Sources): Page {
  const all = Object.entries(gates);
  const overview = table(
    ["Gate", "Passes when", "Evidence lives"],
    all.map(([name, gate]) => [
      `[${code(name)}](#${name})`,
      Object.values(gate.fields)
        .map(({ need }) => need)
        .join(", and "),
      `${gate.lifetimeDays} days`,
    ]),
  );
  const lifetimes =
    "How long evidence lives can be changed for a project with `evidence_days`, see [configuration](../configurations.md), and for one value with `expires_in_days`.";
  return {
    path: "docs/reference/gates.md",
    text: page("Gates", INTRO, [
      { heading: "Overview", body: `${overview}\n\n${lifetimes}` },
      ...all.map(([name, gate]) => ({ heading: name, body: gateTable(gate) })),
    ]),
    items: all.flatMap(([name, gate]) => [
      { kind: "gate", name, mark: `## ${name}\n` },
      ...Object.keys(gate.fields).map((field) => ({
        kind: "gate field",
        name: `${name}.${field}`,
        mark: `| ${code(field)} |`,
      })),
    ]),
  };
}

function gateTable({ fields }: GateSource): string {
  return table(
    ["Field", "Values", "Opens at", "Means", "How to earn it"],
    Object.entries(fields).map(([name, field]) => [
      code(name),
      values(field),
      opening(field),
      field.need,
      field.remedy,
    ]),
  );
}

function values({ type, min, max }: Field): string {
  if (type === "boolean") return "`true`, `false`";
  return `${type === "integer" ? "whole number" : "number"} from ${min} to ${max}`;
}

function opening({ type, atLeast }: Field): string {
  return type === "boolean" ? "`true`" : `${atLeast} or more`;
}
