import { setImmediate } from "node:timers/promises";

/** Milliseconds that work may take from everybody else in this process before the event loop turns. */
const TURN_MS = 10;

/** The turns that one long piece of work leaves to the event loop of its process. */
export class LoopTurns {
  #last = performance.now();
  #turning: Promise<void> | undefined;

  /** The turn to await, one for all who ask while it lasts; undefined while there is time left. */
  due(): Promise<void> | undefined {
    if (this.#turning === undefined && performance.now() - this.#last > TURN_MS) this.#turning = this.#turn();
    return this.#turning;
  }

  async #turn(): Promise<void> {
    await setImmediate();
    this.#last = performance.now();
    this.#turning = undefined;
  }
}

/** Does the work for each, with turns for the event loop in between. */
export async function eachInTurns<T>(all: Iterable<T>, work: (one: T) => void): Promise<void> {
  const turns = new LoopTurns();
  for (const one of all) {
    work(one);
    const turn = turns.due();
    if (turn !== undefined) await turn;
  }
}

/** Like `map`, with turns for the event loop in between. */
export async function mapInTurns<T, R>(all: Iterable<T>, work: (one: T) => R): Promise<R[]> {
  const done: R[] = [];
  await eachInTurns(all, (one) => void done.push(work(one)));
  return done;
}
