// The documented algorithm of the requirement: select the first pending task, update it by id, read it back, in one deferred transaction;
// three single-column indexes, default journal, on better-sqlite3. Arguments: <folder of the peers> <file> <tasks> <workers>.
import { createRequire } from "node:module";
import { randomUUID } from "node:crypto";
import { rmSync } from "node:fs";

const [peers, file, tasks, workers] = process.argv.slice(2);
const Database = createRequire(`${peers}/package.json`)("better-sqlite3");

class SeedPool {
  constructor(path) {
    this.db = new Database(path);
    this.db.exec(`CREATE TABLE IF NOT EXISTS tasks(id TEXT PRIMARY KEY, title TEXT NOT NULL, description TEXT NOT NULL, status TEXT NOT NULL, priority INTEGER NOT NULL,
      assigned_agent TEXT, created_at INTEGER NOT NULL, updated_at INTEGER NOT NULL, started_at INTEGER, completed_at INTEGER, result TEXT, error TEXT, metadata TEXT);
      CREATE INDEX IF NOT EXISTS idx_status ON tasks(status); CREATE INDEX IF NOT EXISTS idx_assigned_agent ON tasks(assigned_agent); CREATE INDEX IF NOT EXISTS idx_priority ON tasks(priority);`);
    this.insert = this.db.prepare("INSERT INTO tasks(id, title, description, status, priority, created_at, updated_at, metadata) VALUES(?,?,?,'pending',?,?,?,?)");
    this.one = this.db.prepare("SELECT * FROM tasks WHERE id = ?");
    this.first = this.db.prepare("SELECT * FROM tasks WHERE status = 'pending' ORDER BY priority DESC, created_at ASC LIMIT 1");
    this.take = this.db.prepare("UPDATE tasks SET status = 'claimed', assigned_agent = ?, updated_at = ?, started_at = ? WHERE id = ?");
    this.finish = this.db.prepare("UPDATE tasks SET status = ?, result = ?, updated_at = ?, completed_at = ? WHERE id = ?");
    this.claim = this.db.transaction((agent) => {
      const row = this.first.get();
      if (!row) return undefined;
      this.take.run(agent, Date.now(), Date.now(), row.id);
      return this.one.get(row.id);
    });
  }
  create(title, description, priority) {
    const id = randomUUID();
    this.insert.run(id, title, description, priority, Date.now(), Date.now(), null);
    return this.one.get(id);
  }
  complete(id, result) {
    this.finish.run("completed", result, Date.now(), Date.now(), id);
    return this.one.get(id);
  }
}

function run(path, count, agents) {
  const pool = new SeedPool(path);
  const start = performance.now();
  for (let n = 0; n < count; n += 1) pool.create(`Task ${n}`, "Some work to do", n % 4);
  const created = performance.now();
  let claims = 0;
  let completions = 0;
  for (let left = true; left;) {
    const held = [];
    const before = performance.now();
    for (let agent = 0; agent < agents; agent += 1) {
      const task = pool.claim(`agent-${agent}`);
      if (task) held.push(task);
    }
    const between = performance.now();
    for (const task of held) pool.complete(task.id, "done");
    claims += between - before;
    completions += performance.now() - between;
    left = held.length > 0;
  }
  pool.db.close();
  return { create: created - start, claim: claims, complete: completions };
}

run(":memory:", 300, 1);
console.log(JSON.stringify(run(file, Number(tasks), Number(workers))));
rmSync(file, { force: true });
