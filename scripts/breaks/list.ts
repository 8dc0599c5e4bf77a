/** One rule broken on purpose: exact texts of one file (white space aside), and the test files that must notice. */
export interface Break {
  name: string;
  file: string;
  edits: readonly { find: string; replace: string }[];
  tests: readonly string[];
  /** Only the tests whose name matches; for files that also watch the clock. */
  only?: string;
}

const INVARIANTS = "src/tools/ohmymkt/invariants.test.ts";
const LOCAL = "src/store/local/local.test.ts";
const CALIBRATION = "src/lib/trend-calibration.test.ts";

function one(name: string, file: string, find: string, replace: string, ...tests: string[]): Break {
  return { name, file, edits: [{ find, replace }], tests };
}

function only(pattern: string, broken: Break): Break {
  return { ...broken, only: pattern };
}

/** Every break that a test has to notice. */
export const BREAKS: readonly Break[] = [
  one("P0 ignored", "src/lib/decision.ts", "facts.p0 > 0", "facts.p0 > 1_000_000", "src/lib/decision.test.ts"),
  one(
    "old unresolved P0 ignored",
    "src/lib/incidents.ts",
    'fact.status !== "resolved" || fact.created_at >= from',
    "fact.created_at >= from",
    "src/lib/incidents.test.ts",
    "src/lib/decision.test.ts",
  ),
  one(
    "unreadable incident skipped",
    "src/features/governance/facts.ts",
    "...unreadable.map((file) => unreadableIncident(file.id, file.error.message)),",
    "",
    INVARIANTS,
  ),
  one(
    "task without a known owner",
    "src/features/tasks/create-tasks.ts",
    "if (!canOwn(team, task.owner)) {",
    "if (!canOwn(team, task.owner) && task.owner.length > 100) {",
    "src/tools/ohmymkt/task-input.test.ts",
  ),
  one(
    "incomplete board item made a task",
    "src/features/tasks/board-tasks.ts",
    "assertExecutable(wanted);",
    "",
    "src/tools/ohmymkt/task-tools.test.ts",
  ),
  one(
    "reminded while a person is to answer",
    "src/features/held-tasks/idle-verdict.ts",
    'if (waitsForPerson) return "nothing";',
    "",
    "src/features/held-tasks",
  ),
  one(
    "leases kept for a silent session",
    "src/features/held-tasks/held-tasks.ts",
    "if (waits || working.has(one.session)) await renew(one, waits);",
    "await renew(one, waits);",
    "src/features/held-tasks",
  ),
  one(
    "another agent's token accepted",
    "src/features/tasks/update-task.ts",
    "if (holder !== agent)",
    "if (holder === undefined)",
    "src/tools/ohmymkt/task-input.test.ts",
  ),
  one(
    "scale work claimed while a P0 is open",
    "src/features/tasks/scale-hold.ts",
    "if (open.length > 0) return",
    "if (open.length > 9) return",
    "src/tools/ohmymkt/task-tools.test.ts",
  ),
  one(
    "an owned file written by another agent",
    "src/hooks/write-ownership/write-ownership.ts",
    "task.assigned_agent !== agent",
    "task.assigned_agent === agent",
    "src/hooks/write-ownership/write-ownership.test.ts",
  ),
  one(
    "file order closes a circle",
    "src/features/tasks/file-order.ts",
    "!reaches(other.id, task.id)",
    "true",
    "src/features/tasks/file-order.test.ts",
  ),
  one("a gate inverted", "src/lib/gates.ts", "value === true", "value === false", "src/lib/gates.test.ts"),
  one(
    "8 weeks read as more than 8",
    "src/lib/gates.ts",
    "value >= checked.atLeast",
    'value >= checked.atLeast + (checked.type === "integer" ? 1 : 0)',
    "src/lib/gates.test.ts",
  ),
  one(
    "0.85 read as more than 0.85",
    "src/lib/gates.ts",
    "value >= checked.atLeast",
    'value >= checked.atLeast + (checked.type === "ratio" ? 1e-9 : 0)',
    "src/lib/gates.test.ts",
  ),
  one(
    "expired evidence accepted",
    "src/lib/gate-report.ts",
    "evidence.expires_at <= context.now",
    'evidence.expires_at <= ""',
    "src/lib/gates.test.ts",
  ),
  one(
    "hand edit taken as evidence",
    "src/lib/gate-report.ts",
    "!evidence || !recorded || canonicalJson({ value, evidence }) !== canonicalJson({ value: recorded.value, evidence: recorded.evidence })",
    "!evidence",
    "src/lib/gates.test.ts",
  ),
  one(
    "start while blocked",
    "src/features/governance/start.ts",
    "why.length > 0",
    "why.length > 1_000_000",
    INVARIANTS,
  ),
  one(
    "start on another plan's approval",
    "src/lib/gate-report.ts",
    "!plan || evidence.plan?.name !== plan.name",
    "!plan || !evidence.plan",
    "src/lib/gates.test.ts",
  ),
  one(
    "approval kept after an edit",
    "src/lib/gate-report.ts",
    "evidence.plan.hash !== plan.hash",
    'evidence.plan.hash === ""',
    "src/lib/gates.test.ts",
  ),
  {
    name: "continue and intervene swapped",
    file: "src/lib/decision.ts",
    edits: [
      {
        find: 'facts.quality !== "up", decision: "intervene"',
        replace: 'facts.quality !== "up", decision: "continue"',
      },
      {
        find: 'facts.quality === "up", decision: "continue"',
        replace: 'facts.quality === "up", decision: "intervene"',
      },
    ],
    tests: ["src/lib/decision.test.ts"],
  },
  one(
    "unknown counted as up",
    "src/lib/trends.ts",
    'const up = signals.includes("up")',
    'const up = signals.includes("up") || signals.includes("unknown")',
    "src/lib/trends.test.ts",
  ),
  one(
    "rollback without effects",
    "src/features/governance/run-cycle.ts",
    "effects: await applyRollback(tx, p0, id, actor)",
    "effects: []",
    INVARIANTS,
  ),
  one(
    "effects applied twice",
    "src/features/governance/effects.ts",
    "p0.filter((fact) => !handled.includes(fact.id))",
    "[...p0]",
    INVARIANTS,
  ),
  one(
    "P0 does not pause the campaign",
    "src/features/governance/effects.ts",
    'if (execution.state !== "active") return []',
    'if (execution.state !== "none") return []',
    INVARIANTS,
  ),
  one(
    "P0 ended without postmortem",
    "src/lib/incidents.ts",
    "endsP0(incident, change) && !postmortem",
    'endsP0(incident, change) && incident.id === ""',
    "src/lib/incidents.test.ts",
  ),
  one(
    "hand edit ends a P0",
    "src/lib/incidents.ts",
    "if (!recorded) return incident;",
    "if (recorded !== null) return incident;",
    INVARIANTS,
  ),
  one(
    "opening value without evidence",
    "src/lib/gate-update.ts",
    "opening && !evidence",
    'opening && evidence === "none"',
    "src/lib/gates.test.ts",
  ),
  one(
    "approval counts for another subject",
    "src/tools/ohmymkt/define.ts",
    "approval.subject_hash !== subjectHash(kind, subject)",
    'approval.subject_hash === ""',
    INVARIANTS,
  ),
  one(
    "resume with a P0 open",
    "src/lib/campaign.ts",
    "...openP0s(input.incidents)",
    "...openP0s([])",
    "src/lib/campaign.test.ts",
  ),
  one(
    "scale open on failing gates",
    "src/lib/decision.ts",
    "input.failingGates.length > 0",
    "input.failingGates.length > 1_000_000",
    "src/lib/decision.test.ts",
  ),
  one(
    "board item without owner executable",
    "src/lib/sprint-board.ts",
    '["owner", "due_date", "kpi_impact", "rollback_condition"]',
    '["due_date", "kpi_impact", "rollback_condition"]',
    "src/lib/sprint-board.test.ts",
    "src/lib/health.test.ts",
  ),
  {
    name: "conflicting source overwritten",
    file: "src/lib/trends.ts",
    edits: [
      { find: "newest.get(observation.source)", replace: 'newest.get("")' },
      { find: "newest.set(observation.source, observation)", replace: 'newest.set("", observation)' },
    ],
    tests: ["src/lib/trends.test.ts"],
  },
  only(
    "are kept side by side",
    one(
      "conflicting value dropped by the store",
      "src/store/local/observations/list.ts",
      "${where.text} ORDER BY o.observed_at, o.seq",
      "${where.text} GROUP BY s.track, s.metric ORDER BY o.observed_at, o.seq",
      LOCAL,
    ),
  ),
  only(
    "comes again",
    one(
      "file imported twice counts twice",
      "src/store/local/observations/import.ts",
      "if (held.length === 0) return false",
      "if (held.length >= 0) return false",
      LOCAL,
    ),
  ),
  one(
    "changed observation not noticed",
    "src/store/local/observations/verify.ts",
    "rowHash(text) !== row.row_hash",
    "rowHash(text) < 0",
    "src/store/local/observations/verify.test.ts",
  ),
  one(
    "corrupt file replaced by default",
    "src/store/local/documents.ts",
    "read: async (document) => (await revision(document))?.value",
    "read: async (document) => (await revision(document).catch(() => undefined))?.value",
    "src/store/local/documents.test.ts",
  ),
  only(
    "lose nothing",
    one(
      "lock removed",
      "src/store/local/transaction.ts",
      'unit.sql.script("BEGIN IMMEDIATE")',
      'unit.sql.script("BEGIN")',
      "src/store/local/processes.test.ts",
    ),
  ),
  only(
    "every write is in the ledger",
    one(
      "ledger row skipped",
      "src/store/local/documents.ts",
      'appendLedger(context, { kind: "document.write",',
      'if (document.path === "") appendLedger(context, { kind: "document.write",',
      LOCAL,
    ),
  ),
  one(
    "missing ledger row not noticed",
    "src/lib/ledger.ts",
    "row.seq !== count",
    'row.hash === ""',
    "src/lib/ledger.test.ts",
  ),
  one("autocorrelation ignored", "src/lib/trend-fit.ts", "varianceInflation(autocorrelation)", "1", CALIBRATION),
  one("trends judged each alone", "src/lib/trend-judgement.ts", "adjusted[tested] ?? 1", "outcome.p", CALIBRATION),
];
