import { randomUUID } from "node:crypto";
import { createRequire } from "node:module";

/**
 * The requirement's documented algorithm: select the first pending task, update it by id and read it back in one deferred transaction;
 * three single-column indexes, default journal. Runs on Node: `seed-pool <folder of the peers> <file> <tasks> <workers>`; prints milliseconds.
 */
const [peers = "", file = "", tasks = "0", workers = "1"] = process.argv.slice(2);

interface Row {
  id: string;
}

interface Statement {
  run(...params: (string | number | null)[]): unknown;
  get(...params: string[]): Row | undefined;
}

interface BetterDatabase {
  exec(sql: string): unknown;
  prepare(sql: string): Statement;
  transaction<T>(work: (agent: string) => T): (agent: string) => T;
  close(): unknown;
}

const Database = createRequire(`${peers}/package.json`)("better-sqlite3") as new (path: string) => BetterDatabase;

const SCHEMA = `CREATE TABLE tasks(id TEXT PRIMARY KEY, title TEXT NOT NULL, description TEXT NOT NULL, status TEXT NOT NULL, priority INTEGER NOT NULL,
  assigned_agent TEXT, created_at INTEGER NOT NULL, updated_at INTEGER NOT NULL, started_at INTEGER, completed_at INTEGER, result TEXT, error TEXT, metadata TEXT);
  CREATE INDEX idx_status ON tasks(status); CREATE INDEX idx_assigned_agent ON tasks(assigned_agent); CREATE INDEX idx_priority ON tasks(priority);`;

/** Statements are prepared once, which is kinder than preparing them in every call. */
function open(path: string) {
  const database = new Database(path);
  database.exec(SCHEMA);
  const insert = database.prepare(
    "INSERT INTO tasks(id, title, description, status, priority, created_at, updated_at, metadata) VALUES(?,?,?,'pending',?,?,?,?)",
  );
  const one = database.prepare("SELECT * FROM tasks WHERE id = ?");
  const first = database.prepare(
    "SELECT * FROM tasks WHERE status = 'pending' ORDER BY priority DESC, created_at ASC LIMIT 1",
  );
  const take = database.prepare(
    "UPDATE tasks SET status = 'claimed', assigned_agent = ?, updated_at = ?, started_at = ? WHERE id = ?",
  );
  const finish = database.prepare(
    "UPDATE tasks SET status = ?, result = ?, updated_at = ?, completed_at = ? WHERE id = ?",
  );
  return {
    create: (title: string, description: string, priority: number) => {
      const id = randomUUID();
      insert.run(id, title, description, priority, Date.now(), Date.now(), null);
      return one.get(id);
    },
    claim: database.transaction((agent) => {
      const row = first.get();
      if (row === undefined) return undefined;
      take.run(agent, Date.now(), Date.now(), row.id);
      return one.get(row.id);
    }),
    complete: (id: string, result: string) => {
      finish.run("completed", result, Date.now(), Date.now(), id);
      return one.get(id);
    },
    close: () => database.close(),
  };
}

function run(path: string, count: number, agents: number): { create: number; claim: number; complete: number } {
  const pool = open(path);
  const start = performance.now();
  for (let n = 0; n < count; n += 1) pool.create(`Task ${n}`, "Some work to do", n % 4);
  const created = performance.now();
  let claim = 0;
  let complete = 0;
  for (;;) {
    const held: Row[] = [];
    const before = performance.now();
    for (let agent = 0; agent < agents; agent += 1) {
      const task = pool.claim(`agent-${agent}`);
      if (task !== undefined) held.push(task);
    }
    const between = performance.now();
    for (const task of held) pool.complete(task.id, "done");
    claim += between - before;
    complete += performance.now() - between;
    if (held.length === 0) break;
  }
  pool.close();
  return { create: created - start, claim, complete };
}

run(":memory:", 300, 1);
console.log(JSON.stringify(run(file, Number(tasks), Number(workers))));
