import { OracleBoard } from "./oracle-board.ts";
import { OracleGates } from "./oracle-gates.ts";
import { OracleIncidents, type Ask } from "./oracle-incidents.ts";
import { OraclePlans, type OraclePlan } from "./oracle-plans.ts";
import { DAYS_OF, decideBy, HOUR, OracleSignals, trackOfSignals } from "./oracle-signals.ts";
import { SIGNALS_OF, type Answer, type Cadence, type Event, type Meanwhile, type Outcome, type Step } from "./steps.ts";

const DAY = 24 * HOUR;

interface PastCycle {
  cadence: Cadence;
  at: number;
  decision: string;
  /** Signals that an intervene set out to mend. */
  mending: string[] | undefined;
  actions: string[];
}

type Of<D extends Event["do"]> = Extract<Event, { do: D }>;
const refused = (code: string): Outcome => ({ refused: code });
const facts = (found: Record<string, unknown>): Outcome => ({ facts: found });

/** The rules of contract and requirements, told a second time and on their own; predicts what each step leads to. */
export class Oracle {
  readonly gates = new OracleGates();
  readonly incidents: OracleIncidents;
  readonly signals: OracleSignals;
  readonly fired = new Set<string>();
  readonly plans = new OraclePlans();
  readonly board = new OracleBoard();
  readonly cycles: PastCycle[] = [];
  now: number;
  campaign: "none" | "active" | "paused" | "rolled_back" | "ended" = "none";
  plan: string | undefined;
  scalePaused = false;
  #started: number | undefined;
  #moves = 0;
  #granted = new Map<string, number>();

  constructor(now: number, sourceOrder: readonly string[]) {
    this.now = now;
    this.signals = new OracleSignals(sourceOrder);
    this.incidents = new OracleIncidents((what) => this.#fire(what));
  }

  /** What the step must lead to; the model moves along. */
  expect(step: Step): Outcome {
    this.now += step.wait;
    return this.#on(step);
  }

  #on(step: Event): Outcome {
    const ask: Ask = (answer) => this.#asked(answer);
    const pause = (): boolean => this.#pauseForP0();
    switch (step.do) {
      case "plan":
        return this.#write(step.name, step.complete);
      case "revise":
        return this.#resolved(step.hint, (plan) => this.#write(plan.name, plan.complete || step.complete));
      case "edit_plan":
        return (this.plans.edit(step.name), facts({}));
      case "review":
        return this.#resolved(step.hint, (plan) => this.#review(step, plan));
      case "gates":
        return this.#setGates(step);
      case "edit_gates":
        return (this.gates.edit(step.edit, this.now), this.#fire("hand edit: gates.json"), facts({}));
      case "check_gates":
        return facts(this.#gateFacts(this.inForce()));
      case "start":
        return this.#resolved(step.hint, (plan) => this.#start(plan, step));
      case "pause":
        return this.campaign === "active" ? this.#move("paused") : refused("invalid_transition");
      case "resume":
        return this.#resume(step);
      case "end":
        return this.#end(step.answer);
      case "open":
        return this.incidents.open(step, this.now, pause);
      case "change":
        return this.incidents.change(step, ask, pause);
      case "resolve":
        return this.incidents.change(step, ask, pause);
      case "damage":
        return this.incidents.damage(step.incident);
      case "repair":
        return this.incidents.repair(step.incident);
      case "edit_incident":
        return (this.#fire("hand edit: incident"), facts({}));
      case "stray":
        return this.incidents.stray();
      case "sweep":
        return this.incidents.sweep();
      case "metrics":
        return this.#metrics(step);
      case "edit_metrics":
        return (this.#fire("hand edit: metrics.json"), facts({}));
      case "cycle":
        return this.#cycle(step);
      case "edit_board":
        return this.#editBoard(step);
      default:
        return facts(this.#read(step.file));
    }
  }

  #read(file: Of<"read">["file"]): Record<string, unknown> {
    if (file === "gates") return this.#gateFacts(this.inForce());
    return file === "health" ? this.#health() : this.#boardFacts();
  }

  /** How many actions the last cycle listed; how many there are is the template's business. */
  learnActions(count: number): void {
    const last = this.cycles.at(-1);
    if (last) last.actions = Array.from({ length: count }, () => "open");
  }

  /** Everything that must stand on disk now. */
  state(): Record<string, unknown> {
    return {
      campaign: this.campaign,
      plan: this.plan ?? null,
      tracks: this.campaign === "active",
      boulder: this.ongoing ? (this.plan ?? null) : null,
      scale_paused: this.scalePaused,
      cycles: this.cycles.map((cycle) => `${cycle.cadence} ${cycle.decision} ${cycle.actions.join(",")}`),
      observations: this.signals.kept.length,
      board: this.board.lacking(),
      ...this.incidents.state(),
    };
  }

  get ongoing(): boolean {
    return this.campaign === "active" || this.campaign === "paused" || this.campaign === "rolled_back";
  }

  inForce(): OraclePlan | undefined {
    return (this.ongoing ? this.plans.named(this.plan) : undefined) ?? this.plans.newest();
  }

  #fire(rule: string): void {
    this.fired.add(rule);
  }

  #resolved(hint: string | undefined, use: (plan: OraclePlan) => Outcome): Outcome {
    const plan = this.plans.resolve(hint);
    if (typeof plan !== "string") return use(plan);
    if (hint !== undefined && this.plans.known.length > 0) this.#fire(`plan hint ${plan}`);
    return refused(plan);
  }

  #write(name: string, complete: boolean): Outcome {
    const { version } = this.plans.write(name, complete, this.now);
    return facts({ name, version, complete });
  }

  /** A person answers; an earlier yes to the same subject counts for a day. Returns the refusal's code, if any. */
  #ask(subject: string, answer: Answer, meanwhile: Meanwhile | undefined): string | undefined {
    const granted = this.#granted.get(subject);
    if (granted !== undefined && this.now - granted <= DAY) return undefined;
    if (meanwhile && "p0" in meanwhile)
      this.incidents.open({ severity: "P0", module: "general" }, this.now, () => this.#pauseForP0());
    if (meanwhile && "edit_plan" in meanwhile) this.plans.edit(meanwhile.edit_plan);
    if (answer === "nobody") return (this.#fire("approval: nobody there"), "approval_required");
    if (answer === "no") return (this.#fire("approval: refused"), "approval_rejected");
    this.#granted.set(subject, this.now);
    return undefined;
  }

  /** A question about an incident is spent at once by the call that asked it. */
  #asked(answer: Answer): string | undefined {
    const no = this.#ask("incident", answer, undefined);
    this.#granted.delete("incident");
    return no;
  }

  #review(step: Of<"review">, plan: OraclePlan): Outcome {
    if (step.verdict === "revise")
      return step.findings
        ? facts({ plan: plan.name, version: plan.version, verdict: "revise" })
        : refused("invalid_arguments");
    if (!plan.complete) return (this.#fire("approval: incomplete plan"), refused("invalid_arguments"));
    const shown = plan.content;
    const subject = `plan ${shown}`;
    const no = this.#ask(subject, step.answer, step.meanwhile);
    if (no) return refused(no);
    if (plan.content !== shown) return (this.#fire("approval: stale"), refused("stale"));
    this.#granted.delete(subject);
    this.gates.set([{ gate: "strategy_gate", field: "approved", value: true, evidence: "review" }], this.now, {
      name: plan.name,
      content: shown,
    });
    return facts({ plan: plan.name, version: plan.version, verdict: "approve" });
  }

  #setGates(step: Of<"gates">): Outcome {
    const { valid, asks, approves } = this.gates.judge(step.updates);
    if (!valid) return (this.#fire("gate update refused"), refused("invalid_arguments"));
    const named = approves && this.plans.known.find((plan) => approves.evidence?.includes(`plans/${plan.name}.md`));
    const plan = approves && (named ?? this.inForce());
    if (approves && !plan) return refused("not_found");
    const shown = plan?.content;
    const subject = `gates ${JSON.stringify(step.updates)} ${shown}`;
    const no = asks ? this.#ask(subject, step.answer, step.meanwhile) : undefined;
    if (no) return refused(no);
    if (plan?.content !== shown) return (this.#fire("approval: stale"), refused("stale"));
    this.#granted.delete(subject);
    this.gates.set(step.updates, this.now, plan && { name: plan.name, content: plan.content });
    return facts(this.#gateFacts(this.inForce()));
  }

  #gateFacts(plan: OraclePlan | undefined): Record<string, unknown> {
    const statuses = this.gates.statuses(this.now, plan);
    for (const status of Object.values(statuses)) this.#fire(`gate field: ${status}`);
    return {
      overall: this.gates.failing(this.now, plan).length === 0 ? "PASS" : "BLOCKED",
      plan: plan?.name ?? null,
      fields: statuses,
    };
  }

  #start(plan: OraclePlan, { end_current, answer }: Of<"start">): Outcome {
    if (this.ongoing && !end_current)
      return (this.#fire("start refused: one is running"), refused("invalid_transition"));
    const failing = this.gates.failing(this.now, plan);
    const p0s = this.incidents.openP0s();
    if (failing.length + p0s.length > 0) {
      for (const key of failing) this.#fire(`start blocked: ${this.gates.status(key, this.now, plan)}`);
      if (p0s.length > 0) this.#fire("start blocked: open P0");
      if (this.incidents.unreadable().length > 0) this.#fire("start blocked: unreadable incident");
      return facts({ state: "blocked", plan: plan.name, why: failing.length + p0s.length });
    }
    const archived = this.ongoing;
    const no = this.#setAside(answer);
    if (no) return refused(no);
    this.scalePaused = false;
    this.campaign = "active";
    this.plan = plan.name;
    this.#started = this.now;
    this.#moves += 1;
    const tasks = this.board.begin();
    this.#fire(archived ? "started in place of another" : "started");
    return facts({ state: "active", plan: plan.name, tasks, archived });
  }

  #end(answer: Answer): Outcome {
    if (!this.ongoing) return refused("invalid_transition");
    const no = this.#setAside(answer);
    return no ? refused(no) : this.#move("ended");
  }

  /** A campaign that was stopped is only set aside by a person. */
  #setAside(answer: Answer): string | undefined {
    if (this.campaign !== "paused" && this.campaign !== "rolled_back") return undefined;
    const subject = `end ${this.plan} ${this.#moves}`;
    const no = this.#ask(subject, answer, undefined);
    if (!no) this.#granted.delete(subject);
    if (!no) this.#fire("held campaign ended by a person");
    return no;
  }

  #move(to: "active" | "paused" | "rolled_back" | "ended"): Outcome {
    this.campaign = to;
    this.#moves += 1;
    this.#fire(`campaign ${to}`);
    return facts({ state: to, plan: this.plan });
  }

  #pauseForP0(): boolean {
    if (this.campaign !== "active") return false;
    this.#move("paused");
    this.#fire("effect: P0 pauses at once");
    return true;
  }

  #resume({ answer, meanwhile }: Of<"resume">): Outcome {
    const standsAgainst = (): boolean => {
      const failing = this.gates.failing(this.now, this.inForce());
      if (failing.length > 0) this.#fire("resume refused: gates");
      if (this.incidents.openP0s().length > 0) this.#fire("resume refused: open P0");
      return failing.length > 0 || this.incidents.openP0s().length > 0;
    };
    if (this.campaign !== "paused" && this.campaign !== "rolled_back") return refused("invalid_transition");
    if (standsAgainst()) return refused("invalid_transition");
    const subject = `resume ${this.plan} ${this.#moves}`;
    const no = this.#ask(subject, answer, meanwhile);
    if (no) return refused(no);
    if (standsAgainst()) return (this.#fire("resume refused: changed while asking"), refused("invalid_transition"));
    this.#granted.delete(subject);
    this.scalePaused = false;
    return this.#move("active");
  }

  #metrics({ observations }: Of<"metrics">): Outcome {
    if (!this.signals.acceptable(observations))
      return (this.#fire("observation refused"), refused("invalid_arguments"));
    this.signals.store(observations, this.now);
    const conflicts = this.signals.conflicts("weekly", this.now);
    for (const line of conflicts) this.#fire(`conflict preserved: ${line.includes(" value:") ? "value" : "trend"}`);
    return facts({ stored: observations.length, readings: this.signals.readings("weekly", this.now), conflicts });
  }

  #cycle({ cadence, closing }: Of<"cycle">): Outcome {
    const unknown = closing.some((one) => this.cycles[one.cycle]?.actions[one.action] === undefined);
    if (unknown) return refused("not_found");
    if (closing.some((one) => one.status === "deferred" && !one.reason))
      return (this.#fire("deferral without reason refused"), refused("invalid_arguments"));
    for (const { cycle, action, status } of closing) {
      const actions = this.cycles[cycle]?.actions;
      if (actions) actions[action] = status;
      this.#fire(`action ${status}`);
    }
    const readings = this.signals.readings(cadence, this.now);
    const track = (name: "visibility" | "quality") => {
      const [a, b] = SIGNALS_OF[`${name}_track`];
      return trackOfSignals(name, [readings[a] ?? "unknown", readings[b] ?? "unknown"]);
    };
    const tracks = { visibility: track("visibility"), quality: track("quality") };
    for (const seen of Object.values(tracks)) this.#fire(`track ${seen}`);
    const p0s = this.incidents.p0sSince(this.now - DAYS_OF[cadence] * DAY);
    const { decision, why } = decideBy(p0s.length > 0, tracks.visibility, tracks.quality);
    this.#fire(`decision rule: ${why}`);
    if (this.incidents.unreadable().length > 0) this.#fire("decision on an unreadable incident");
    const failing = this.gates.failing(this.now, this.inForce());
    const effects = this.#effects(decision, p0s);
    const reasons = [
      this.campaign !== "active",
      failing.length > 0,
      this.incidents.openP0s().length > 0,
      decision === "rollback",
    ];
    (["no active campaign", "gates", "open P0", "rollback"] as const).forEach(
      (name, index) => reasons[index] && this.#fire(`scale blocked: ${name}`),
    );
    const scaleReasons = reasons.filter(Boolean).length;
    if (scaleReasons === 0) this.#fire("scale open");
    const recovery = (this.cycles.findLast((cycle) => cycle.mending)?.mending ?? []).map(
      (signal) => `${signal} ${verdictOf(readings[signal])}`,
    );
    for (const line of recovery) this.#fire(`recovery: ${line.split(" ")[1]}`);
    const mending =
      decision === "intervene" ? Object.keys(readings).filter((signal) => readings[signal] !== "up") : undefined;
    this.cycles.push({ cadence, at: this.now, decision, mending, actions: [] });
    const conflicts = this.signals.conflicts(cadence, this.now);
    return facts({
      decision,
      tracks,
      readings,
      p0s,
      scale: scaleReasons === 0 ? "open" : "blocked",
      scale_reasons: scaleReasons,
      effects,
      recovery,
      cadence_action: cadence,
      blocked_first: scaleReasons,
      conflicts,
    });
  }

  /** Rollback works once per cause; returns what kind of effect the cycle must show. */
  #effects(decision: string, p0s: readonly string[]): string {
    if (decision === "continue") return "none";
    if (decision === "intervene") return (this.#fire("effect: remediation scheduled"), "remediation");
    if (this.incidents.handle(p0s) === 0) return (this.#fire("effect: not repeated"), "none");
    if (this.campaign === "active" || this.campaign === "paused") this.#move("rolled_back");
    this.scalePaused = true;
    this.#fire("effect: scale modules paused, recovery tasks made");
    return "rollback";
  }

  #editBoard({ item, field, how }: Of<"edit_board">): Outcome {
    this.board.take(item, field);
    if (this.board.exists) this.#fire(`hand edit: board, ${how}`);
    return facts({});
  }

  #boardFacts(): Record<string, unknown> {
    if (this.board.exists && !this.board.whole) this.#fire("board item not executable");
    return { executable: this.board.executable() };
  }

  #health(): Record<string, unknown> {
    const overdue = (["weekly", "monthly", "quarterly"] as const).some((cadence) => {
      const since = this.cycles.findLast((cycle) => cycle.cadence === cadence)?.at ?? this.#started;
      return since !== undefined && since + DAYS_OF[cadence] * DAY < this.now;
    });
    if (overdue) this.#fire("health: cadence overdue");
    const found = {
      gates: this.gates.failing(this.now, this.inForce()).length === 0,
      active_plan: this.ongoing,
      tracks: this.campaign === "active",
      board: this.board.whole,
      cycles: this.cycles.length > 0 && !overdue,
      incidents: this.incidents.unreadable().length === 0,
    };
    for (const [key, ok] of Object.entries(found)) if (!ok) this.#fire(`health: ${key} fails`);
    return found;
  }
}

function verdictOf(seen: string | undefined): string {
  return seen === "up" ? "recovered" : seen === "unknown" || seen === undefined ? "unknown" : "not_recovered";
}
