import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { DEFAULT_CONFIG } from "../../config.ts";
import { OhmymktError } from "../../errors.ts";
import { createApprovalDesk } from "../../hosts/approval-desk.ts";
import type { ChainCheck } from "../../lib/ledger.ts";
import { openStore } from "../../store/open.ts";
import type { Store, Transaction } from "../../store/store.ts";
import type { ToolContext } from "../../tools/ohmymkt/define.ts";
import { TOOLS } from "../../tools/ohmymkt/index.ts";
import { HOUR } from "./oracle-signals.ts";
import type { Answer, Meanwhile } from "./steps.ts";

const ACTOR = { host: "opencode", agent: "growth-manager", session: "ses_history" } as const;
const HOME = existsSync("/dev/shm") ? "/dev/shm" : tmpdir();
const BY_NAME = new Map(TOOLS.map((tool) => [tool.name, tool]));

/** A real project in a temporary directory, with the real store and tools, a clock that the history turns, and a person who answers as told. */
export class Project {
  readonly directory = mkdtempSync(join(HOME, "ohmymkt-history-"));
  now: number;
  answer: Answer = "yes";
  meanwhile: (() => Promise<void>) | undefined;
  readonly incidents: string[] = [];
  /** Content of incident files before they were damaged. */
  readonly sound = new Map<string, Uint8Array>();
  strays = 0;
  edits = 0;
  readonly #store: Store;
  readonly #context: ToolContext;
  #ids = 0;

  constructor(now: number, sourceOrder: readonly string[]) {
    this.now = now;
    this.#store = openStore({ directory: this.directory, sync: "off", now: () => new Date(this.now) });
    const desk = createApprovalDesk({ store: this.#store, actor: ACTOR, tool: "history", ask: () => this.#ask() });
    this.#context = {
      store: this.#store,
      actor: ACTOR,
      config: { ...DEFAULT_CONFIG, source_order: [...sourceOrder] },
      signal: new AbortController().signal,
      newId: (prefix) => `${prefix}-${(this.#ids += 1)}`,
      approve: (request) => desk.approve(request),
      decide: (row) => desk.decide(row),
      allows: () => ({ ok: true }),
    };
  }

  /** Calls a tool as a host does; a refusal is returned, a defect is thrown. */
  async call(tool: string, args: Record<string, unknown>): Promise<{ value: Record<string, unknown>; text: string } | { refused: string }> {
    try {
      const found = BY_NAME.get(`ohmymkt_${tool}`);
      if (!found) throw new Error(`there is no tool ohmymkt_${tool}`);
      const { value, text } = await found.call(args, this.#context);
      return { value: value as Record<string, unknown>, text };
    } catch (error) {
      if (error instanceof OhmymktError && error.code !== "internal" && error.code !== "storage") return { refused: error.code };
      throw error;
    }
  }

  look<T>(work: (tx: Transaction) => Promise<T>): Promise<T> {
    return this.#store.transaction({ actor: ACTOR, tool: "history" }, work);
  }

  verify(): Promise<ChainCheck> {
    return this.look((tx) => tx.ledger.verify());
  }

  path(relative: string): string {
    return join(this.directory, ".ohmymkt", relative);
  }

  has(relative: string): boolean {
    return existsSync(this.path(relative));
  }

  text(relative: string): string {
    return readFileSync(this.path(relative), "utf8");
  }

  /** The parsed file, or undefined while it does not exist. */
  json<T>(relative: string): T | undefined {
    return this.has(relative) ? (JSON.parse(this.text(relative)) as T) : undefined;
  }

  put(relative: string, content: string | Uint8Array): void {
    mkdirSync(dirname(this.path(relative)), { recursive: true });
    writeFileSync(this.path(relative), content);
  }

  remove(relative: string): void {
    rmSync(this.path(relative), { force: true });
  }

  tear(relative: string): void {
    truncateSync(this.path(relative), 25);
  }

  at(hoursAgo: number): string {
    return new Date(this.now - hoursAgo * HOUR).toISOString();
  }

  async close(): Promise<void> {
    await this.#store.close();
    rmSync(this.directory, { recursive: true, force: true });
  }

  async #ask(): Promise<{ approved: boolean; how: "host_prompt" } | undefined> {
    const meanwhile = this.meanwhile;
    this.meanwhile = undefined;
    await meanwhile?.();
    return this.answer === "nobody" ? undefined : { approved: this.answer === "yes", how: "host_prompt" };
  }
}

/** The person of the next question: the answer, and what happens before it is given. */
export function prepare(project: Project, answer: Answer, meanwhile: Meanwhile | undefined, act: (what: Meanwhile) => Promise<void>): void {
  project.answer = answer;
  project.meanwhile = meanwhile && (() => act(meanwhile));
}
