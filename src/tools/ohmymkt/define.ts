import { z } from "zod";
import type { Config } from "../../config.ts";
import { OhmymktError } from "../../errors.ts";
import type { BackgroundDesk } from "../../features/background/desk.ts";
import type { ClaimListener } from "../../features/held-tasks/held-tasks.ts";
import type { SwarmDesk } from "../../features/host-swarm/desk.ts";
import type { Importer } from "../../features/measurement/import-aside.ts";
import type { Actor } from "../../lib/actor.ts";
import type { TeamMember } from "../../features/claude-code-agent-loader/team.ts";
import { subjectHash, type Approval, type ApprovalKind } from "../../lib/approvals.ts";
import type { PublishAdapter } from "../../providers/publish/adapter.ts";
import { knownSecrets } from "../../providers/known-secrets.ts";
import { redactSecrets, repeatsSecret } from "../../providers/redaction.ts";
import type { World } from "../../providers/world.ts";
import type { Store, Transaction, TransactionOptions } from "../../store/store.ts";

/** What a person is asked: the exact subject that the answer counts for, and one line that says it. */
export interface ApprovalRequest {
  kind: ApprovalKind;
  subject: unknown;
  summary: string;
}

/** Everything a tool may use; a host fills it for each call. */
export interface ToolContext {
  store: Store;
  /** The project, absolute. */
  directory: string;
  actor: Actor;
  config: Config;
  signal: AbortSignal;
  /** The agents that can own work, and whom each of them may start. */
  team: readonly TeamMember[];
  newId(prefix: string): string;
  /** The environment, the network and the clock, for providers. */
  world: World;
  /** Obtains a person's approval of exactly this subject; throws `approval_required` or `approval_rejected`. */
  approve(request: ApprovalRequest): Promise<Approval>;
  /** Asks a person for a row that waits already; throws as `approve` does. */
  decide(row: Approval): Promise<Approval>;
  /** Whether the calling agent may use the tool (and the action, where it has one). */
  allows(tool: string, action: string | undefined): { ok: true } | { ok: false; allowed: string[] };
  /** Background work; a host that can run agents provides it. */
  background?: BackgroundDesk;
  /** The swarm; a host that can run agents provides it. */
  swarm?: SwarmDesk;
  /** The platforms to publish to, where a test brings its own. */
  platforms?: Readonly<Record<string, () => Promise<PublishAdapter>>>;
  /** Does imports elsewhere; a host whose event loop others need provides it. */
  importer?: Importer;
  /** Hears of claims; a host that has sessions keeps them alive. */
  claims?: ClaimListener;
}

/** The context inside `run`: `transact` opens a transaction in the tool's name, `approval` is what `confirm` obtained. */
export interface RunContext extends ToolContext {
  approval: Approval | undefined;
  transact<T>(work: (tx: Transaction) => Promise<T>, options?: TransactionOptions): Promise<T>;
}

export interface ToolOutcome {
  /** The value behind the text: `--json` on the command line, structured content elsewhere. */
  value: unknown;
  text: string;
  /** Makes the files that belong to the answer; a host that can show them calls it. */
  attach?(): Promise<readonly Attachment[]>;
}

/** A picture or other file that comes with an answer. */
export interface Attachment {
  filename: string;
  /** Media type, such as `image/png`. */
  mime: string;
  bytes: Uint8Array;
}

/** A tool as data, with its types erased so that hosts can hold any of them in one list. */
export interface OhmymktTool {
  readonly name: string;
  readonly summary: string;
  readonly args: z.ZodRawShape;
  /** Whether some call of it asks a person. */
  readonly asks: boolean;
  /** Parses, authorises, asks where needed, runs and renders; throws `OhmymktError`. */
  call(raw: unknown, context: ToolContext): Promise<ToolOutcome>;
}

interface ToolDefinition<Shape extends z.ZodRawShape, Result> {
  name: string;
  summary: string;
  args: Shape;
  confirm?(
    args: z.output<z.ZodObject<Shape>>,
    context: Omit<RunContext, "approval">,
  ): Promise<ApprovalRequest | undefined>;
  run(args: z.output<z.ZodObject<Shape>>, context: RunContext): Promise<Result>;
  render(result: Result): string;
  attach?(result: Result, context: RunContext): Promise<readonly Attachment[]>;
}

/** The one place where arguments are parsed, agents are authorised, people are asked and results become text. */
export function defineTool<Shape extends z.ZodRawShape, Result>(
  definition: ToolDefinition<Shape, Result>,
): OhmymktTool {
  const schema = z.strictObject(definition.args);
  return {
    name: definition.name,
    summary: definition.summary,
    args: definition.args,
    asks: definition.confirm !== undefined,
    call: withoutKeys(definition.name, async (raw, context) => {
      const args = parseArguments(definition.name, schema, raw);
      authorise(definition.name, args, context);
      const transact: RunContext["transact"] = (work, options) =>
        context.store.transaction({ actor: context.actor, tool: definition.name }, work, options);
      const request = await definition.confirm?.(args, { ...context, transact });
      const approval = request && (await context.approve(request));
      const running = { ...context, transact, approval };
      const result = await definition.run(args, running);
      const { attach } = definition;
      const text = definition.render(result);
      return { value: result, text, ...(attach ? { attach: () => attach(result, running) } : {}) };
    }),
  };
}

/** No key enters a call or leaves it: an argument that holds one is refused, and what comes back is cleaned of it, whoever put it there. */
function withoutKeys(tool: string, call: OhmymktTool["call"]): OhmymktTool["call"] {
  return async (raw, context) => {
    if (reaches(raw))
      throw new OhmymktError(
        "invalid_arguments",
        `${tool}: an argument has a member called __proto__, or is nested more than ${MOST_LEVELS} levels deep`,
        { hint: "send plain values; nothing was changed" },
      );
    const keys = knownSecrets(context.world);
    if (keys.length === 0) return call(raw, context);
    const clean = (text: string): string => redactSecrets(text, keys);
    if (repeatsSecret(JSON.stringify(raw ?? null), keys))
      throw new OhmymktError("invalid_arguments", `${tool}: an argument holds the value of a provider's key`, {
        hint: "leave it out: keys stay in the environment, where providers read them; nothing was changed",
      });
    try {
      const outcome = await call(raw, context);
      return { ...outcome, text: clean(outcome.text), value: cleanValue(outcome.value, clean) };
    } catch (error) {
      if (!(error instanceof OhmymktError)) throw error;
      const { code, message, hint } = error;
      if (clean(message) === message && clean(hint ?? "") === (hint ?? "")) throw error;
      throw new OhmymktError(code, clean(message), hint === undefined ? {} : { hint: clean(hint) });
    }
  };
}

function cleanValue(value: unknown, clean: (text: string) => string): unknown {
  const text = JSON.stringify(value);
  if (text === undefined || clean(text) === text) return value;
  const cleaned: unknown = JSON.parse(text, (_name, member: unknown) =>
    typeof member === "string" ? clean(member) : member,
  );
  return cleaned;
}

/** Spends the approval inside the transaction that acts on it; throws `stale` unless it was given for exactly this subject. */
export async function spendApproval(
  tx: Transaction,
  approval: Approval | undefined,
  kind: ApprovalKind,
  subject: unknown,
): Promise<Approval> {
  if (!approval || approval.subject_hash !== subjectHash(kind, subject)) {
    throw new OhmymktError("stale", "what was approved is not what would be done now", {
      hint: "make the same call again; a person is asked about the present state",
    });
  }
  return tx.approvals.use(approval.id);
}

function parseArguments<S extends z.ZodType>(tool: string, schema: S, raw: unknown): z.output<S> {
  const parsed = schema.safeParse(withoutNulls(raw ?? {}));
  if (parsed.success) return parsed.data;
  throw new OhmymktError("invalid_arguments", `${tool}: ${z.prettifyError(parsed.error)}`, {
    hint: "correct these arguments and call it again; nothing was changed",
  });
}

/** Deeper values would exhaust the stack of whatever walks through them. */
const MOST_LEVELS = 100;

/** Schemas of free-form members drop such a name without a word, and later code might not. */
function reaches(value: unknown, level = 0): boolean {
  if (typeof value !== "object" || value === null) return false;
  if (level > MOST_LEVELS || Object.hasOwn(value, "__proto__")) return true;
  return Object.values(value).some((member) => reaches(member, level + 1));
}

/** Models send null for what they leave out. */
function withoutNulls(raw: unknown): unknown {
  if (typeof raw !== "object" || raw === null || Array.isArray(raw)) return raw;
  return Object.fromEntries(Object.entries(raw).filter(([, value]) => value !== null));
}

function authorise(tool: string, args: unknown, context: ToolContext): void {
  const action =
    typeof args === "object" && args !== null && "action" in args && typeof args.action === "string"
      ? args.action
      : undefined;
  const verdict = context.allows(tool, action);
  if (verdict.ok) return;
  const what = action ? `${tool} {action: "${action}"}` : tool;
  throw new OhmymktError("not_allowed", `${context.actor.agent ?? "this caller"} may not use ${what}`, {
    hint:
      verdict.allowed.length > 0
        ? `it may use ${verdict.allowed.join(", ")}; hand the rest back`
        : "hand the work back to the agent that gave it to you",
  });
}
