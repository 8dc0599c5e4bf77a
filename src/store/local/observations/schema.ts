/**
 * Series, batches and observations. Rows are clustered by series and time, because every question is about the windows of few series;
 * beyond the key there is no index, because an import of a million rows would pay for it.
 */
export const OBSERVATION_SCHEMA = `
CREATE TABLE series(
  id INTEGER PRIMARY KEY,
  metric TEXT NOT NULL,
  scope TEXT NOT NULL,
  source TEXT NOT NULL,
  track TEXT NOT NULL,
  unit TEXT NOT NULL,
  UNIQUE(metric, scope, source, track, unit)
);
CREATE INDEX series_total ON series(metric, source) WHERE scope = '';

CREATE TABLE batch(
  id INTEGER PRIMARY KEY,
  recorded_at INTEGER NOT NULL,
  actor TEXT NOT NULL,
  tool TEXT NOT NULL,
  first_seq INTEGER NOT NULL,
  last_seq INTEGER NOT NULL,
  rows INTEGER NOT NULL,
  stored INTEGER NOT NULL,
  known INTEGER NOT NULL,
  revised INTEGER NOT NULL,
  file TEXT,
  sha256 TEXT,
  format TEXT,
  source TEXT,
  timezone TEXT,
  part INTEGER,
  hash TEXT
);
CREATE INDEX batch_seq ON batch(last_seq);
CREATE INDEX batch_file ON batch(sha256, part, first_seq) WHERE sha256 IS NOT NULL;

CREATE TABLE observation(
  series INTEGER NOT NULL,
  observed_at INTEGER NOT NULL,
  seq INTEGER NOT NULL,
  value REAL,
  trend TEXT,
  final INTEGER NOT NULL,
  batch INTEGER NOT NULL,
  row_hash INTEGER,
  PRIMARY KEY(series, observed_at, seq)
) WITHOUT ROWID;

CREATE TABLE old_observation_id(
  seq INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  series INTEGER NOT NULL,
  observed_at INTEGER NOT NULL
);

${["series", "batch", "observation", "old_observation_id"]
  .flatMap((table) =>
    ["update", "delete"].map(
      (change) =>
        `CREATE TRIGGER ${table}_no_${change} BEFORE ${change.toUpperCase()} ON ${table} BEGIN SELECT RAISE(ABORT, 'observations are never overwritten'); END;`,
    ),
  )
  .join("\n")}
`;

/** From one flat table to series and batches; rows keep their ids and numbers, and have no hashes. */
export const OBSERVATION_MOVE = `
DROP TRIGGER observation_no_update;
ALTER TABLE observation RENAME TO flat_observation;
${OBSERVATION_SCHEMA}
INSERT INTO series(metric, scope, source, track, unit)
  SELECT metric, '', source, track, coalesce(unit, '') FROM flat_observation
  GROUP BY metric, source, track, coalesce(unit, '') ORDER BY min(seq);
INSERT INTO batch(recorded_at, actor, tool, first_seq, last_seq, rows, stored, known, revised)
  SELECT recorded_at, actor, '', min(seq), max(seq), count(*), count(*), 0, 0 FROM flat_observation
  GROUP BY recorded_at, actor ORDER BY min(seq);
INSERT INTO observation(series, observed_at, seq, value, trend, final, batch)
  SELECT s.id, flat.observed_at, flat.seq, flat.value, flat.trend, 1, b.id
  FROM flat_observation AS flat
  JOIN series AS s ON s.metric = flat.metric AND s.scope = '' AND s.source = flat.source AND s.track = flat.track AND s.unit = coalesce(flat.unit, '')
  JOIN batch AS b ON b.recorded_at = flat.recorded_at AND b.actor = flat.actor;
INSERT INTO old_observation_id(seq, id, series, observed_at)
  SELECT o.seq, flat.id, o.series, o.observed_at FROM flat_observation AS flat JOIN observation AS o ON o.seq = flat.seq;
DROP TABLE flat_observation;
`;
