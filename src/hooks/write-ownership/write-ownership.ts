import { isAbsolute, join, relative, resolve, sep } from "node:path";
import { OhmymktError, renderError } from "../../errors.ts";
import type { Task } from "../../lib/tasks.ts";
import { baseFolder, covers } from "../../lib/write-areas.ts";
import type { Store } from "../../store/store.ts";
import { realPath, writtenFiles } from "../state-guard/written-files.ts";

/** A call of one of the host's tools, before it runs. */
export interface FileCall {
  session: string;
  tool: string;
  args: unknown;
}

export interface OwnershipOptions {
  directory: string;
  /** Opened only when a call would write a file. */
  store(): Promise<Store>;
  /** The agent that works in a session, undefined when the host does not know. */
  agentOf(session: string): Promise<string | undefined>;
}

/** Refuses file tools that would write what a claimed task of another agent owns; the message names the owner and the task. */
export async function guardOwnership(call: FileCall, options: OwnershipOptions): Promise<void> {
  try {
    await refuseForeign(call, options);
  } catch (error) {
    throw new Error(renderError(error), { cause: error });
  }
}

async function refuseForeign(call: FileCall, { directory, store, agentOf }: OwnershipOptions): Promise<void> {
  const files = writtenFiles(call.tool, call.args);
  if (files.length === 0) return;
  const held = await heldTasks(await store());
  if (held.length === 0) return;
  const agent = await agentOf(call.session);
  const others = held.filter((task) => task.assigned_agent !== agent && task.metadata["session"] !== call.session);
  for (const file of files) {
    const paths = pathsBelow(directory, file);
    const owner = others.find(({ artifacts }) =>
      paths.some((path) => covers(withRealBases(directory, artifacts), path)),
    );
    if (owner !== undefined) throw refusal(file, owner);
  }
}

/** Tasks whose claim still holds and that own files. */
async function heldTasks(store: Store): Promise<Task[]> {
  if (!(await store.exists())) return [];
  return store.transaction(
    { actor: { host: "opencode" }, tool: "write_ownership" },
    async (tx) =>
      (await tx.tasks.list({ status: ["claimed", "in_progress"] })).filter(
        ({ artifacts, lease_expires_at }) =>
          artifacts.length > 0 && (lease_expires_at === undefined || lease_expires_at > tx.now),
      ),
    { survives: "process" },
  );
}

/** The file as it was named and as it really is, relative to the project; neither when it lies outside. */
function pathsBelow(directory: string, file: string): string[] {
  const named = isAbsolute(file) ? file : resolve(directory, file);
  const paths = [below(directory, named), below(realPath(directory), realPath(named))];
  return [...new Set(paths.filter((path) => path !== undefined))];
}

/** The globs, and those whose base folder is reached by a link also by its real name. */
function withRealBases(directory: string, areas: readonly string[]): string[] {
  return areas.flatMap((area) => {
    const base = baseFolder(area);
    const real = below(realPath(directory), realPath(join(directory, base)));
    return real === undefined || real === base ? [area] : [area, `${real}${area.slice(base.length)}`];
  });
}

function below(root: string, path: string): string | undefined {
  const inside = relative(root, path).split(sep).join("/");
  return inside === ".." || inside.startsWith("../") || isAbsolute(inside) ? undefined : inside;
}

function refusal(file: string, { id, title, assigned_agent, lease_expires_at }: Task): OhmymktError {
  const owner = assigned_agent ?? "another agent";
  const until = lease_expires_at === undefined ? "" : ` until ${lease_expires_at}`;
  return new OhmymktError("not_allowed", `${file} belongs to ${owner}, which holds task ${id} (${title})${until}`, {
    hint: `write another file, or hand the change to ${owner} and wait until ${id} is completed`,
  });
}
