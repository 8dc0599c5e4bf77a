import type { PlanRef } from "./oracle-plans.ts";
import { CONDITIONS, type Change, type Condition, type HandEdit } from "./steps.ts";

const DAY = 86_400_000;
const LIFETIME_DAYS: Record<string, number> = {
  capacity_gate: 10,
  data_gate: 10,
  ownership_gate: 30,
  strategy_gate: 90,
  compliance_gate: 180,
};

interface Backing {
  expires: number;
  /** Tells two evidences apart, forged ones included. */
  mark: string;
  plan?: PlanRef;
}

interface Standing {
  value: boolean | number;
  backing?: Backing;
}

const same = (a: Standing, b: Standing | undefined): boolean =>
  b !== undefined &&
  a.value === b.value &&
  a.backing?.expires === b.backing?.expires &&
  a.backing?.mark === b.backing?.mark;

const isCondition = (key: string): key is Condition => CONDITIONS.some((condition) => condition === key);

/** Whether the value meets the pass condition of the requirement table. */
export function meets(key: Condition, value: unknown): boolean {
  if (key === "capacity_gate.rolling_weeks_feasible") return typeof value === "number" && value >= 8;
  if (key === "ownership_gate.priority_query_coverage") return typeof value === "number" && value >= 0.85;
  return value === true;
}

function inRange(key: Condition, value: unknown): value is boolean | number {
  if (key === "capacity_gate.rolling_weeks_feasible")
    return typeof value === "number" && Number.isInteger(value) && value >= 0 && value <= 520;
  if (key === "ownership_gate.priority_query_coverage") return typeof value === "number" && value >= 0 && value <= 1;
  return typeof value === "boolean";
}

/** The gate rules, told again from the contract: what stands in the file, and what a tool recorded with a person's approval. */
export class OracleGates {
  #file = new Map<Condition, Standing>(
    CONDITIONS.map((key) => [key, { value: typeof start(key) === "number" ? 0 : false }]),
  );
  #recorded = new Map<Condition, Standing>();
  #marks = 0;

  /** Whether every change of a batch is acceptable, and whether the batch needs a person. */
  judge(updates: readonly Change[]): { valid: boolean; asks: boolean; approves: Change | undefined } {
    const valid = updates.every(({ gate, field, value, evidence }) => {
      const key = `${gate}.${field}`;
      return isCondition(key) && inRange(key, value) && (!meets(key, value) || Boolean(evidence?.trim()));
    });
    const opening = updates.filter(
      ({ gate, field, value }) => isCondition(`${gate}.${field}`) && meets(`${gate}.${field}` as Condition, value),
    );
    return { valid, asks: opening.length > 0, approves: opening.find(({ field }) => field === "approved") };
  }

  set(updates: readonly Change[], now: number, plan: PlanRef | undefined): void {
    for (const { gate, field, value, evidence, expires_in_days } of updates) {
      const key = `${gate}.${field}` as Condition;
      const days = expires_in_days ?? LIFETIME_DAYS[gate] ?? 0;
      const bound = plan && field === "approved" && value === true ? { plan } : {};
      const backing =
        evidence === undefined
          ? {}
          : { backing: { expires: now + days * DAY, mark: `set ${(this.#marks += 1)}`, ...bound } };
      const standing: Standing = { value: value as boolean | number, ...backing };
      this.#file.set(key, standing);
      this.#recorded.set(key, standing);
    }
  }

  /** What a person writes into the file; nothing of it is recorded as approved. */
  edit({ key, value, forge }: HandEdit, now: number): void {
    if (!isCondition(key)) return;
    const before = this.#file.get(key);
    const mark = `forged ${(this.#marks += 1)}`;
    if (forge === "nothing") this.#file.set(key, { value, ...(before?.backing ? { backing: before.backing } : {}) });
    if (forge === "evidence") this.#file.set(key, { value, backing: { expires: now + 300 * DAY, mark } });
    if (forge === "longer_life")
      this.#file.set(key, {
        value,
        ...(before?.backing ? { backing: { ...before.backing, expires: before.backing.expires + 300 * DAY } } : {}),
      });
  }

  status(key: Condition, now: number, plan: PlanRef | undefined): string {
    const standing = this.#file.get(key);
    if (!standing || !meets(key, standing.value)) return "fail";
    if (!standing.backing || !same(standing, this.#recorded.get(key))) return "unconfirmed";
    if (standing.backing.expires <= now) return "expired";
    if (key !== "strategy_gate.approved") return "pass";
    if (!plan || standing.backing.plan?.name !== plan.name) return "other_plan";
    return standing.backing.plan.content === plan.content ? "pass" : "stale_plan";
  }

  statuses(now: number, plan: PlanRef | undefined): Record<string, string> {
    return Object.fromEntries(CONDITIONS.map((key) => [key, this.status(key, now, plan)]));
  }

  /** Conditions that do not pass now. */
  failing(now: number, plan: PlanRef | undefined): Condition[] {
    return CONDITIONS.filter((key) => this.status(key, now, plan) !== "pass");
  }

  value(key: Condition): boolean | number {
    return this.#file.get(key)?.value ?? false;
  }
}

function start(key: Condition): boolean | number {
  return key.endsWith("_feasible") || key.endsWith("_coverage") ? 0 : false;
}
