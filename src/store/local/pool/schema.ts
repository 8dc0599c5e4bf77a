/**
 * The task pool's tables. Only partial indexes: a claim touches two of them, a completion one.
 * Long texts stand last, so that whoever looks at a state does not read past them. `attempt` counts claims and fences off late writers; `released` counts those given back without fault.
 */
export const POOL_SCHEMA = `
CREATE TABLE tasks(
  seq INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  title TEXT NOT NULL,
  status TEXT NOT NULL DEFAULT 'pending' CHECK(status IN('pending','claimed','in_progress','completed','failed','cancelled')),
  priority INTEGER NOT NULL DEFAULT 1 CHECK(priority BETWEEN 0 AND 3),
  blockers INTEGER NOT NULL DEFAULT 0 CHECK(blockers >= 0),
  assigned_agent TEXT,
  lease_until INTEGER,
  attempt INTEGER NOT NULL DEFAULT 0,
  released INTEGER NOT NULL DEFAULT 0,
  max_attempts INTEGER,
  run_at INTEGER,
  waiting TEXT,
  owner TEXT NOT NULL DEFAULT '',
  module TEXT,
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  started_at INTEGER,
  completed_at INTEGER,
  objective TEXT NOT NULL DEFAULT '',
  type TEXT NOT NULL DEFAULT 'task',
  acceptance_criteria TEXT NOT NULL DEFAULT '[]',
  results TEXT,
  artifacts TEXT NOT NULL DEFAULT '[]',
  checkpoints TEXT NOT NULL DEFAULT '[]',
  track TEXT,
  campaign TEXT,
  plan TEXT,
  due_date TEXT,
  kpi_impact TEXT,
  rollback_condition TEXT,
  description TEXT NOT NULL DEFAULT '',
  result TEXT,
  error TEXT,
  metadata TEXT
);
CREATE INDEX tasks_ready ON tasks(priority DESC, seq) WHERE status = 'pending' AND blockers = 0 AND run_at IS NULL;
CREATE INDEX tasks_ready_owner ON tasks(owner, priority DESC, seq) WHERE status = 'pending' AND blockers = 0 AND run_at IS NULL AND owner <> '';
CREATE INDEX tasks_delayed ON tasks(run_at) WHERE status = 'pending' AND run_at IS NOT NULL;
CREATE INDEX tasks_blocked ON tasks(seq) WHERE status = 'pending' AND blockers > 0;
CREATE INDEX tasks_active ON tasks(lease_until, assigned_agent) WHERE status IN('claimed','in_progress');
CREATE INDEX tasks_bad ON tasks(status, seq) WHERE status IN('failed','cancelled');
CREATE TABLE dep(
  task INTEGER NOT NULL REFERENCES tasks(seq) ON DELETE CASCADE,
  dep INTEGER NOT NULL REFERENCES tasks(seq) ON DELETE CASCADE,
  PRIMARY KEY(task, dep)
) WITHOUT ROWID;
CREATE INDEX dep_rev ON dep(dep, task);
CREATE TRIGGER dep_gone AFTER DELETE ON dep BEGIN
  UPDATE tasks SET blockers = (SELECT count(*) FROM dep JOIN tasks b ON b.seq = dep.dep WHERE dep.task = OLD.task AND b.status <> 'completed') WHERE seq = OLD.task;
END;
CREATE TABLE tasks_archive(
  id TEXT PRIMARY KEY,
  status TEXT NOT NULL,
  completed_at INTEGER,
  archived_at INTEGER NOT NULL,
  task TEXT NOT NULL
) WITHOUT ROWID;
`;
