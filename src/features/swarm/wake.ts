/** A sleep that something else can end; a call that comes before the sleep is not lost. */
export class Wake {
  #called = false;
  #resolve: (() => void) | undefined;

  /** Forgets earlier calls. */
  reset(): void {
    this.#called = false;
  }

  now(): void {
    this.#called = true;
    this.#resolve?.();
  }

  async wait(ms: number): Promise<void> {
    if (this.#called) return;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, ms);
      this.#resolve = () => {
        clearTimeout(timer);
        resolve();
      };
    });
    this.#resolve = undefined;
  }
}
