import { OhmymktError } from "../../errors.ts";
import { LoopTurns } from "./loop-turns.ts";

/** The calls of one transaction: none may begin after its end, and none may still be under way at its end. */
export class Calls {
  readonly #running = new Set<Promise<unknown>>();
  readonly #isAlive: () => boolean;
  readonly #turns = new LoopTurns();
  #ended = false;

  /** `isAlive` tells whether the database still has the transaction open: some errors of the disk end it on their own. */
  constructor(isAlive: () => boolean) {
    this.#isAlive = isAlive;
  }

  /** The same methods, counted. */
  watch<T extends object>(noun: T): T {
    return new Proxy(noun, {
      get: (target, name): unknown => {
        const method: unknown = Reflect.get(target, name);
        return typeof method === "function"
          ? (...args: unknown[]) => this.#count(this.#start(() => Reflect.apply(method, target, args)))
          : method;
      },
    });
  }

  /** Lets calls that nobody awaited finish, so that they land inside the transaction, and the event loop turn before what follows. */
  async end(): Promise<void> {
    while (this.#running.size > 0) await Promise.allSettled(this.#running);
    this.#ended = true;
    await this.#turns.due();
  }

  async #count(running: Promise<unknown>): Promise<unknown> {
    this.#running.add(running);
    try {
      return await running;
    } finally {
      this.#running.delete(running);
    }
  }

  async #start(call: () => unknown): Promise<unknown> {
    // Whoever waits for a turn begins in the order in which the calls were made.
    const turn = this.#turns.due();
    if (turn !== undefined) await turn;
    if (this.#ended) {
      throw new OhmymktError("internal", "a transaction was used after its end", {
        hint: "await every call inside the transaction's function",
      });
    }
    if (!this.#isAlive()) {
      throw new OhmymktError(
        "storage",
        "the database gave the transaction up after an earlier error; nothing was changed",
        { hint: "repeat the call once the disk is well" },
      );
    }
    return call();
  }
}
