import { TEMPLATE_FILES } from "../../assets.ts";
import type { Transaction } from "../../store/store.ts";

/** Folder of the notepads, relative to the project. */
export const NOTEPADS = ".ohmymkt/notepads";

/** Makes the notepads of a plan that do not exist yet. */
export async function seedNotepad(tx: Transaction, plan: string): Promise<void> {
  for (const [path, text] of Object.entries(TEMPLATE_FILES)) {
    if (!path.startsWith("notepads/")) continue;
    const target = `notepads/${plan}/${path.slice("notepads/".length)}`;
    if (!(await tx.artifacts.exists(target))) await tx.artifacts.write(target, text);
  }
}

/** Adds a dated line to one notepad of a plan. */
export async function note(
  tx: Transaction,
  plan: string,
  pad: "decisions" | "issues" | "learnings" | "verification",
  line: string,
): Promise<void> {
  const path = `notepads/${plan}/${pad}.md`;
  const text = (await tx.artifacts.read(path)) ?? `# ${pad}\n`;
  await tx.artifacts.write(path, `${text.trimEnd()}\n\n- ${tx.now.slice(0, 16).replace("T", " ")} UTC: ${line}\n`);
}
