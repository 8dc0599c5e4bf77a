import { expect, test } from "bun:test";
import { packetOf } from "./packet.ts";
import { objectIn } from "./answer-text.ts";
import { verdictOf } from "./verdict.ts";
import { Task } from "../../lib/tasks.ts";

test.each<[string, unknown]>([
  ['{"a": 1}', { a: 1 }],
  ['Done.\n```json\n{"a": {"b": "}"}}\n```', { a: { b: "}" } }],
  ['```\n{"a": 1}\n```\nor rather\n```json\n{"a": 2}\n```\n', { a: 2 }],
  ['```ts\nconst x = {};\n```\n```json\n{"a": 3}\n```', { a: 3 }],
  ['I answer {"a": 4} as asked.', { a: 4 }],
  ["no object at all", undefined],
  ["[1, 2]", undefined],
  ["} {", undefined],
  ['{"a": ', undefined],
  ["", undefined],
])("%j holds %j", (text, expected) => {
  expect(objectIn(text)).toEqual(expected);
});

const task = Task.parse({
  id: "t",
  title: "T",
  objective: "o",
  description: "",
  type: "task",
  owner: "a",
  acceptance_criteria: ["c"],
  blocked_by: [],
  priority: 1,
  status: "in_progress",
  attempts: 1,
  artifacts: [],
  checkpoints: [],
  metadata: {},
  created_at: "2026-12-01T09:00:00.000Z",
  updated_at: "2026-12-01T09:00:00.000Z",
});

test("without a schema the packet asks for a JSON block, and the block counts", () => {
  expect(packetOf(task, [], false)).toContain('"results": [{"criterion"');
  expect(packetOf(task, [], true)).not.toContain("```json");
  const text =
    'All done.\n```json\n{"status": "done", "summary": "s", "results": [{"criterion": "c", "evidence": "e"}]}\n```';
  expect(verdictOf(task, { finished: true, text, tokens: 1, toolCalls: 0 })).toEqual({
    is: "done",
    summary: "s",
    results: [{ criterion: "c", evidence: "e" }],
  });
});
