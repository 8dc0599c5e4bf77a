/**
 * Deliveries and calls that cost money. What a person approved, and what names a row, never changes once it is there;
 * a row that anything may have come of is never deleted.
 */
export const OUTBOX_SCHEMA = `
CREATE TABLE outbox(
  seq INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  key TEXT NOT NULL UNIQUE,
  state TEXT NOT NULL CHECK(state IN('draft','approved','scheduled','sending','sent','unknown','retryable','rejected','quota_paused','held','cancelled','retracting','retracted','retract_failed')),
  batch TEXT NOT NULL,
  platform TEXT NOT NULL,
  account TEXT NOT NULL,
  class TEXT NOT NULL CHECK(class IN('content','notice')),
  plan TEXT,
  campaign TEXT,
  asset TEXT,
  payload_hash TEXT NOT NULL,
  warnings TEXT NOT NULL,
  setting_hash TEXT NOT NULL,
  requested_by TEXT NOT NULL,
  approval TEXT,
  not_before TEXT,
  attempts INTEGER NOT NULL DEFAULT 0 CHECK(attempts >= 0),
  owner_pid INTEGER,
  owner_boot TEXT,
  started_at TEXT,
  progress TEXT,
  receipt TEXT,
  problem TEXT,
  sent_at TEXT,
  retracted_at TEXT,
  created_at TEXT NOT NULL,
  updated_at TEXT NOT NULL,
  payload TEXT NOT NULL
);
CREATE INDEX outbox_state ON outbox(state, seq);
CREATE INDEX outbox_batch ON outbox(batch, seq);
CREATE INDEX outbox_sent ON outbox(sent_at) WHERE sent_at IS NOT NULL;
CREATE INDEX outbox_campaign ON outbox(campaign, seq) WHERE campaign IS NOT NULL;
CREATE TRIGGER outbox_fixed BEFORE UPDATE OF seq, id, key, batch, platform, account, class, plan, campaign, asset, payload, payload_hash, warnings, setting_hash, requested_by, created_at ON outbox
BEGIN SELECT RAISE(ABORT, 'what an outbox row sends never changes'); END;
CREATE TRIGGER outbox_kept BEFORE DELETE ON outbox WHEN OLD.state <> 'draft'
BEGIN SELECT RAISE(ABORT, 'outbox rows are never deleted'); END;

CREATE TABLE paid_call(
  seq INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  state TEXT NOT NULL CHECK(state IN('reserved','started','unknown','done','failed','released')),
  plan TEXT NOT NULL,
  category TEXT NOT NULL CHECK(category IN('image','video')),
  provider TEXT NOT NULL,
  model TEXT NOT NULL,
  summary TEXT NOT NULL,
  request_hash TEXT NOT NULL,
  amount REAL NOT NULL CHECK(amount >= 0),
  currency TEXT NOT NULL,
  approval TEXT NOT NULL,
  owner_pid INTEGER NOT NULL,
  owner_boot TEXT NOT NULL,
  requested_by TEXT NOT NULL,
  operation TEXT,
  file TEXT,
  problem TEXT,
  created_at TEXT NOT NULL,
  updated_at TEXT NOT NULL,
  request TEXT NOT NULL
);
CREATE INDEX paid_call_plan ON paid_call(plan, seq);
CREATE INDEX paid_call_state ON paid_call(state, seq);
CREATE TRIGGER paid_call_fixed BEFORE UPDATE OF seq, id, plan, category, provider, model, summary, request, request_hash, amount, currency, approval, requested_by, created_at ON paid_call
BEGIN SELECT RAISE(ABORT, 'what a paid call costs never changes'); END;
CREATE TRIGGER paid_call_kept BEFORE DELETE ON paid_call
BEGIN SELECT RAISE(ABORT, 'paid calls are never deleted'); END;
`;
