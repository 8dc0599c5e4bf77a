/** A plan at one content; every write and every edit makes a new content number. */
export interface PlanRef {
  name: string;
  content: number;
}

export interface OraclePlan extends PlanRef {
  version: number;
  complete: boolean;
  updated: number;
}

/** Plans by the contract: versions instead of overwriting, and hints that must fit exactly one. */
export class OraclePlans {
  readonly known: OraclePlan[] = [];
  #contents = 0;

  named(name: string | undefined): OraclePlan | undefined {
    return this.known.find((plan) => plan.name === name);
  }

  newest(): OraclePlan | undefined {
    return this.known.toSorted((a, b) => b.updated - a.updated)[0];
  }

  /** A new plan, or the next version of a known one. */
  write(name: string, complete: boolean, now: number): OraclePlan {
    const before = this.named(name);
    const version = (before?.version ?? 0) + 1;
    const plan: OraclePlan = { name, content: (this.#contents += 1), version, complete, updated: now };
    if (before) return Object.assign(before, plan);
    this.known.push(plan);
    return plan;
  }

  /** An edit by hand makes another content, and nothing else. */
  edit(name: string): void {
    const plan = this.named(name);
    if (plan) plan.content = this.#contents += 1;
  }

  /** The one plan that a hint means, or why there is none. */
  resolve(hint: string | undefined): OraclePlan | "not_found" | "ambiguous" {
    if (hint === undefined) return this.newest() ?? "not_found";
    const wanted = hint.toLowerCase();
    const texts = (plan: OraclePlan): string[] => [plan.name, `grow ${plan.name}`];
    const tests = [
      (text: string) => text === wanted,
      (text: string) => text.startsWith(wanted),
      (text: string) => text.includes(wanted),
    ];
    for (const fits of tests) {
      const found = this.known.filter((plan) => texts(plan).some(fits));
      if (found.length > 1) return "ambiguous";
      if (found[0]) return found[0];
    }
    return "not_found";
  }
}
