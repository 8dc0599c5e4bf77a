import type { Answer, Event, Outcome, Severity } from "./steps.ts";

interface Known {
  severity: Severity;
  status: "open" | "mitigated" | "resolved";
  created: number;
  postmortem: boolean;
  readable: boolean;
}

type Change = Extract<Event, { do: "change" | "resolve" }>;

/** Asks a person; the refusal's code, or undefined when the answer is yes. */
export type Ask = (answer: Answer) => string | undefined;

const WORDS: Record<string, Severity> = { p0: "P0", p1: "P1", p2: "P2", high: "P0", medium: "P1", low: "P2" };
const MODULES = ["general", "content_system", "technical_foundation", "experiment_engine", "authority_growth"];
const refused = (code: string): Outcome => ({ refused: code });

/** Incidents in order of opening, stray files beside them, and which causes were rolled back already. */
export class OracleIncidents {
  readonly known: Known[] = [];
  #strays: string[] = [];
  #strayed = 0;
  readonly #handled = new Set<string>();
  readonly #prevented = new Set<number>();
  readonly #fire: (rule: string) => void;

  constructor(fire: (rule: string) => void) {
    this.#fire = fire;
  }

  open({ severity, module }: { severity: string; module: string }, now: number, pause: () => boolean): Outcome {
    const level = WORDS[severity.toLowerCase()];
    if (!level || !MODULES.includes(module)) return (this.#fire("incident refused"), refused("invalid_arguments"));
    this.known.push({ severity: level, status: "open", created: now, postmortem: false, readable: true });
    this.#fire(`incident ${level} opened`);
    return { facts: { severity: level, status: "open", paused: level === "P0" && pause() } };
  }

  change(step: Change, ask: Ask, pause: () => boolean): Outcome {
    if (step.postmortem === "no_prevention")
      return (this.#fire("postmortem without prevention refused"), refused("invalid_arguments"));
    const one = this.known[step.incident];
    if (!one) return refused("not_found");
    if (!one.readable) return (this.#fire("change of an unreadable incident refused"), refused("corrupt_document"));
    const status = step.do === "resolve" ? "resolved" : step.mitigate ? "mitigated" : undefined;
    const severity = step.do === "resolve" ? undefined : step.severity;
    if (one.status === "resolved" && (status !== undefined || severity !== undefined))
      return (this.#fire("incident is final"), refused("invalid_transition"));
    const ends =
      one.severity === "P0" &&
      one.status !== "resolved" &&
      (status === "resolved" || (severity !== undefined && severity !== "P0"));
    if (ends && !one.postmortem && step.postmortem === undefined)
      return (this.#fire("P0 without postmortem kept open"), refused("invalid_arguments"));
    const no = ends ? ask(step.answer) : undefined;
    if (no) return (this.#fire("P0 kept open by a person"), refused(no));
    if (ends) this.#fire(status === "resolved" ? "P0 resolved" : "P0 downgraded");
    const raised = severity === "P0" && one.severity !== "P0";
    Object.assign(one, {
      severity: severity ?? one.severity,
      status: status ?? one.status,
      postmortem: one.postmortem || step.postmortem !== undefined,
    });
    if (step.postmortem) this.#prevented.add(step.incident);
    if (raised) this.#fire("incident raised to P0");
    return { facts: { severity: one.severity, status: one.status, paused: raised && pause() } };
  }

  damage(index: number): Outcome {
    const one = this.known[index];
    if (one) one.readable = false;
    return { facts: {} };
  }

  repair(index: number): Outcome {
    const one = this.known[index];
    if (one) one.readable = true;
    return { facts: {} };
  }

  stray(): Outcome {
    this.#strays.push(`stray-${(this.#strayed += 1)}`);
    return { facts: {} };
  }

  sweep(): Outcome {
    this.#strays = [];
    return { facts: {} };
  }

  get strays(): readonly string[] {
    return this.#strays;
  }

  unreadable(): string[] {
    return [...this.known.flatMap((one, index) => (one.readable ? [] : [`${index}`])), ...this.#strays];
  }

  /** P0s that are not resolved, whatever their age; what cannot be read is one. */
  openP0s(): string[] {
    return this.p0sSince(Number.POSITIVE_INFINITY);
  }

  /** P0s opened at or after `from`, or not resolved. */
  p0sSince(from: number): string[] {
    const counts = (one: Known): boolean =>
      !one.readable || (one.severity === "P0" && (one.status !== "resolved" || one.created >= from));
    const aged = this.known.some(
      (one) => one.readable && one.severity === "P0" && one.status !== "resolved" && one.created < from,
    );
    if (aged && Number.isFinite(from)) this.#fire("P0 older than the window, unresolved");
    return [...this.known.flatMap((one, index) => (counts(one) ? [`${index}`] : [])), ...this.#strays].toSorted();
  }

  /** Marks causes as rolled back; returns how many were new. */
  handle(causes: readonly string[]): number {
    const fresh = causes.filter((cause) => !this.#handled.has(cause));
    for (const cause of fresh) this.#handled.add(cause);
    return fresh.length;
  }

  state(): Record<string, unknown> {
    return {
      incidents: this.known.map((one) =>
        one.readable ? `${one.severity} ${one.status}${one.postmortem ? " postmortem" : ""}` : "unreadable",
      ),
      strays: this.#strays.length,
      recovery_tasks: 2 * this.#handled.size,
      prevention_tasks: this.#prevented.size,
    };
  }
}
