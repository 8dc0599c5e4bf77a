import { DEFAULT_CONFIG } from "../../config.ts";
import { OhmymktError } from "../../errors.ts";
import { replayAll, type Replay } from "../../features/governance/replay.ts";
import { createApprovalDesk } from "../../hosts/approval-desk.ts";
import type { ChainCheck } from "../../lib/ledger.ts";
import type { Store, Transaction } from "../../store/store.ts";
import { testWorld } from "../provider-world.ts";
import type { ToolContext } from "../../tools/ohmymkt/define.ts";
import { TOOLS } from "../../tools/ohmymkt/index.ts";
import type { Ground } from "./ground.ts";
import { HOUR } from "./oracle-signals.ts";
import type { Answer, Meanwhile } from "./steps.ts";

const ACTOR = { host: "opencode", agent: "growth-manager", session: "ses_history" } as const;
const BY_NAME = new Map(TOOLS.map((tool) => [tool.name, tool]));

/** A project with the real tools on a given ground, a clock that the history turns, and a person who answers as told. */
export class Project {
  now: number;
  answer: Answer = "yes";
  meanwhile: (() => Promise<void>) | undefined;
  readonly incidents: string[] = [];
  /** Content of incident files before they were damaged. */
  readonly sound = new Map<string, Uint8Array>();
  strays = 0;
  edits = 0;
  readonly #ground: Ground;
  readonly #store: Store;
  readonly #context: ToolContext;
  readonly #parsed = new Map<string, { bytes: Uint8Array; value: unknown }>();
  #ids = 0;

  constructor(ground: Ground, now: number, sourceOrder: readonly string[]) {
    this.now = now;
    this.#ground = ground;
    this.#store = ground.open(() => new Date(this.now));
    const desk = createApprovalDesk({ store: this.#store, actor: ACTOR, tool: "history", ask: () => this.#ask() });
    this.#context = {
      store: this.#store,
      actor: ACTOR,
      config: { ...DEFAULT_CONFIG, source_order: [...sourceOrder] },
      signal: new AbortController().signal,
      newId: (prefix) => `${prefix}-${(this.#ids += 1)}`,
      approve: (request) => desk.approve(request),
      decide: (row) => desk.decide(row),
      team: [],
      world: testWorld(),
      directory: "/nowhere",
      allows: () => ({ ok: true }),
    };
  }

  /** Calls a tool as a host does; a refusal is returned, a defect is thrown. */
  async call(
    tool: string,
    args: Record<string, unknown>,
  ): Promise<{ value: Record<string, unknown>; text: string } | { refused: string }> {
    try {
      const found = BY_NAME.get(`ohmymkt_${tool}`);
      if (!found) throw new Error(`there is no tool ohmymkt_${tool}`);
      const { value, text } = await found.call(args, this.#context);
      return { value: value as Record<string, unknown>, text };
    } catch (error) {
      if (error instanceof OhmymktError && error.code !== "internal" && error.code !== "storage")
        return { refused: error.code };
      throw error;
    }
  }

  look<T>(work: (tx: Transaction) => Promise<T>): Promise<T> {
    return this.#store.transaction({ actor: ACTOR, tool: "history" }, work);
  }

  verify(): Promise<ChainCheck> {
    return this.look((tx) => tx.ledger.verify());
  }

  /** Every decision so far, made again. */
  replay(): Promise<Replay[]> {
    return this.look(replayAll);
  }

  has(relative: string): boolean {
    return this.#ground.read(relative) !== undefined;
  }

  text(relative: string): string {
    return new TextDecoder().decode(this.bytes(relative));
  }

  bytes(relative: string): Uint8Array {
    const bytes = this.#ground.read(relative);
    if (!bytes) throw new Error(`expected .ohmymkt/${relative} to exist`);
    return bytes;
  }

  /** The parsed file, only to be read; undefined while it does not exist. */
  json(relative: string): unknown {
    const bytes = this.#ground.read(relative);
    const known = this.#parsed.get(relative);
    if (bytes === undefined) return undefined;
    if (known?.bytes === bytes) return known.value;
    const value: unknown = JSON.parse(new TextDecoder().decode(bytes));
    this.#parsed.set(relative, { bytes, value });
    return value;
  }

  /** A copy of the parsed file, to be changed and put back. */
  draft(relative: string): unknown {
    return this.has(relative) ? JSON.parse(this.text(relative)) : undefined;
  }

  put(relative: string, content: string | Uint8Array): void {
    this.#ground.write(relative, typeof content === "string" ? new TextEncoder().encode(content) : content);
  }

  remove(relative: string): void {
    this.#ground.remove(relative);
  }

  at(hoursAgo: number): string {
    return new Date(this.now - hoursAgo * HOUR).toISOString();
  }

  async close(): Promise<void> {
    await this.#store.close();
    this.#ground.dispose();
  }

  async #ask(): Promise<{ approved: boolean; how: "host_prompt" } | undefined> {
    const meanwhile = this.meanwhile;
    this.meanwhile = undefined;
    await meanwhile?.();
    return this.answer === "nobody" ? undefined : { approved: this.answer === "yes", how: "host_prompt" };
  }
}

/** The person of the next question: the answer, and what happens before it is given. */
export function prepare(
  project: Project,
  answer: Answer,
  meanwhile: Meanwhile | undefined,
  act: (what: Meanwhile) => Promise<void>,
): void {
  project.answer = answer;
  project.meanwhile = meanwhile && (() => act(meanwhile));
}
