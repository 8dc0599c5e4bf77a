import { z } from "zod";
import { OhmymktError } from "../../errors.ts";
import { actorLabel } from "../../lib/actor.ts";
import {
  angleLines,
  AngleInput,
  AngleName,
  angleTitle,
  knownAngle,
  POSITIONING_DOCUMENT,
  rankAngles,
  saveAngle,
  selectedAngle,
  selectionLines,
  type Positioning,
  type RankedAngle,
} from "../../lib/positioning.ts";
import { fitLines, UNCONFIRMED } from "../../lib/research.ts";
import type { Transaction } from "../../store/store.ts";
import { defineTool } from "./define.ts";
import { hidden } from "./lean-schema.ts";

const PATH = `.ohmymkt/${POSITIONING_DOCUMENT.path}`;

interface PositioningResult {
  action: "save" | "read";
  path: string;
  /** The angle that the call named. */
  name: string | undefined;
  selected: string | undefined;
  angles: RankedAngle[];
  confirmed: boolean;
}

export const savePositioning = defineTool({
  name: "ohmymkt_save_positioning",
  summary: "Positioning angles, scores 0-10. Also statement, headline, rationale; lists: proof_points, risks.",
  args: {
    action: z.enum(["save", "read"]),
    name: AngleName.optional(),
    ...AngleInput.shape,
    statement: hidden(AngleInput.shape.statement),
    rationale: hidden(AngleInput.shape.rationale),
    headline: hidden(AngleInput.shape.headline),
    proof_points: hidden(AngleInput.shape.proof_points),
    risks: hidden(AngleInput.shape.risks),
  },
  async run({ action, name, ...stated }, context): Promise<PositioningResult> {
    return context.transact(async (tx) => {
      const found = await tx.documents.revision(POSITIONING_DOCUMENT);
      if (action === "read")
        return { ...shown(found?.value, name), action, confirmed: found === undefined || found.origin === "ours" };
      if (name === undefined)
        throw new OhmymktError("invalid_arguments", "saving an angle expected its name, got none", {
          hint: 'repeat the call with name: "…"',
        });
      const after = saveAngle(found?.value, name, stated, { at: tx.now, by: actorLabel(context.actor) });
      await tx.documents.write(POSITIONING_DOCUMENT, after);
      await recordSelection(tx, found?.value, after);
      return { ...shown(after, name), action, confirmed: true };
    });
  },
  render({ action, name, angles, confirmed }) {
    const note = confirmed ? [] : [UNCONFIRMED];
    if (action === "save")
      return fitLines(
        [`Saved in ${PATH}.`, ...selectionLines(angles), ...angles.map((angle) => `- ${angleTitle(angle)}`)],
        PATH,
      );
    const asked = angles.filter((angle) => name === undefined || angle.name === name);
    return fitLines([...selectionLines(angles), ...asked.flatMap(angleLines), ...note], PATH);
  },
});

function shown(
  positioning: Positioning | undefined,
  name: string | undefined,
): Omit<PositioningResult, "action" | "confirmed"> {
  const known = name === undefined ? undefined : knownAngle(positioning, name);
  const names = Object.keys(positioning?.angles ?? {}).join(", ");
  if (name !== undefined && known === undefined) {
    throw new OhmymktError("not_found", `there is no positioning angle ${JSON.stringify(name)}`, {
      hint: names === "" ? "there is none yet" : `the angles are ${names}`,
    });
  }
  return { path: PATH, name: known, selected: selectedAngle(positioning), angles: rankAngles(positioning) };
}

/** A selection is a decision; saving the selected angle again is not. */
async function recordSelection(tx: Transaction, before: Positioning | undefined, after: Positioning): Promise<void> {
  const selected = selectedAngle(after);
  const previous = selectedAngle(before);
  if (selected === undefined || selected === previous) return;
  const [first] = rankAngles(after);
  await tx.ledger.append({
    kind: "positioning.selected",
    subject: selected,
    reason: after.angles[selected]?.rationale,
    evidence: { score: first?.score, total: first?.total },
    before: previous,
    after: selected,
  });
}
