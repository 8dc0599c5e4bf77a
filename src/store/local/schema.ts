import { OBSERVATION_MOVE } from "./observations/schema.ts";
import { OUTBOX_SCHEMA } from "./outbox-schema.ts";
import { POOL_SCHEMA } from "./pool/schema.ts";

/** Forward steps of the database itself; a database at `user_version` n has had the first n steps. */
export const SCHEMA_STEPS: readonly string[] = [
  `
CREATE TABLE blob(hash TEXT PRIMARY KEY, content BLOB NOT NULL) WITHOUT ROWID;

CREATE TABLE document(
  path TEXT PRIMARY KEY,
  kind TEXT NOT NULL CHECK(kind IN('document','artifact')),
  hash TEXT NOT NULL REFERENCES blob(hash),
  revision INTEGER NOT NULL CHECK(revision >= 1),
  state TEXT NOT NULL CHECK(state IN('applied','pending')),
  base_hash TEXT,
  origin TEXT NOT NULL CHECK(origin IN('ours','hand_edited','imported'))
) WITHOUT ROWID;
CREATE INDEX document_pending ON document(path) WHERE state = 'pending';

CREATE TABLE ledger(
  seq INTEGER PRIMARY KEY,
  at TEXT NOT NULL,
  kind TEXT NOT NULL,
  subject TEXT NOT NULL,
  actor TEXT NOT NULL,
  tool TEXT NOT NULL,
  reason TEXT,
  evidence TEXT,
  before TEXT,
  after TEXT,
  prev TEXT NOT NULL,
  hash TEXT NOT NULL
);
CREATE INDEX ledger_kind ON ledger(kind, subject, seq);
CREATE INDEX ledger_subject ON ledger(subject, seq);
CREATE TABLE ledger_head(one INTEGER PRIMARY KEY CHECK(one = 1), seq INTEGER NOT NULL, hash TEXT NOT NULL);
CREATE TRIGGER ledger_no_update BEFORE UPDATE ON ledger BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END;
CREATE TRIGGER ledger_no_delete BEFORE DELETE ON ledger BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END;

CREATE TABLE approval(
  id TEXT PRIMARY KEY,
  kind TEXT NOT NULL,
  subject_hash TEXT NOT NULL,
  summary TEXT NOT NULL,
  requested_by TEXT NOT NULL,
  requested_at TEXT NOT NULL,
  status TEXT NOT NULL CHECK(status IN('pending','approved','rejected','used','lapsed')),
  decided_at TEXT,
  decided_how TEXT,
  reason TEXT
);
CREATE INDEX approval_open ON approval(kind, subject_hash) WHERE status IN('pending','approved');

${POOL_SCHEMA}
CREATE TABLE observation(
  metric TEXT NOT NULL,
  observed_at INTEGER NOT NULL,
  seq INTEGER NOT NULL UNIQUE,
  id TEXT NOT NULL UNIQUE,
  track TEXT NOT NULL,
  value REAL,
  trend TEXT,
  unit TEXT,
  source TEXT NOT NULL,
  recorded_at INTEGER NOT NULL,
  actor TEXT NOT NULL,
  PRIMARY KEY(metric, observed_at, seq)
) WITHOUT ROWID;
CREATE INDEX observation_track ON observation(track, observed_at, seq);
CREATE TRIGGER observation_no_update BEFORE UPDATE ON observation BEGIN SELECT RAISE(ABORT, 'observations are never overwritten'); END;
`,
  `
CREATE TABLE job(
  seq INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  parent_session TEXT NOT NULL,
  parent_agent TEXT NOT NULL,
  root_session TEXT NOT NULL,
  child_session TEXT,
  agent TEXT NOT NULL,
  title TEXT NOT NULL,
  prompt TEXT NOT NULL,
  state TEXT NOT NULL CHECK(state IN('queued','running','completed','failed','cancelled','lost')),
  result TEXT,
  error TEXT,
  tokens INTEGER,
  owner_pid INTEGER NOT NULL,
  owner_boot TEXT NOT NULL,
  created_at TEXT NOT NULL,
  started_at TEXT,
  finished_at TEXT,
  notified_at TEXT,
  read_at TEXT
);
CREATE INDEX job_open ON job(state, seq) WHERE state IN('queued','running');
CREATE INDEX job_root ON job(root_session, seq);
CREATE INDEX job_parent ON job(parent_session, seq);
CREATE INDEX job_child ON job(child_session) WHERE child_session IS NOT NULL;
`,
  OBSERVATION_MOVE,
  OUTBOX_SCHEMA,
];
