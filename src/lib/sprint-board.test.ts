import { describe, expect, test } from "bun:test";
import { template } from "../assets.ts";
import { BoardItem, makeBoard, missingFields, REQUIRED_FIELDS, SprintBoard, TaskPoolTemplate } from "./sprint-board.ts";

const NOW = "2026-02-27T23:30:00.000Z";
const POOL = TaskPoolTemplate.parse(JSON.parse(template("task-pool-40.json"))).tasks;
const BOARD = makeBoard("alpha", POOL, NOW);

describe("a new board", () => {
  test("has 40 executable items with acceptance criteria, module and track", () => {
    expect(BOARD.items).toHaveLength(40);
    expect(BOARD.items.flatMap(missingFields)).toEqual([]);
    expect(BOARD.items.filter((item) => item.acceptance_criteria.length === 0 || !item.module || !item.track)).toEqual(
      [],
    );
    expect(SprintBoard.safeParse(BOARD).success).toBe(true);
  });

  test("serves both tracks, and depends only on its own earlier or parallel items", () => {
    const ids = new Set(BOARD.items.map((item) => item.id));
    expect(ids.size).toBe(40);
    expect(new Set(BOARD.items.map((item) => item.track))).toEqual(new Set(["visibility", "quality"]));
    expect(BOARD.items.flatMap((item) => item.depends_on.filter((id) => !ids.has(id) || id === item.id))).toEqual([]);
  });

  test("counts due days from the start, in UTC", () => {
    const [first] = POOL;
    const [item] = makeBoard("alpha", first ? [{ ...first, due_offset_days: 2 }] : [], NOW).items;
    expect(item?.due_date).toBe("2026-03-01");
  });
});

describe("missingFields", () => {
  const [whole] = BOARD.items;
  const changed = (field: string, value: unknown): BoardItem => BoardItem.parse({ ...whole, [field]: value });
  const gone = (field: string): BoardItem =>
    BoardItem.parse(Object.fromEntries(Object.entries(whole ?? {}).filter(([key]) => key !== field)));

  test("the four that the invariant names", () => {
    expect<string[]>([...REQUIRED_FIELDS]).toEqual(["owner", "due_date", "kpi_impact", "rollback_condition"]);
  });

  test.each([...REQUIRED_FIELDS])("%s removed, empty or blank is missing", (field) => {
    expect(missingFields(gone(field))).toEqual([field]);
    expect(missingFields(changed(field, ""))).toEqual([field]);
    if (field !== "due_date") expect(missingFields(changed(field, "  "))).toEqual([field]);
  });

  test("all at once", () => {
    expect(
      missingFields(BoardItem.parse({ ...whole, owner: "", due_date: "", kpi_impact: "", rollback_condition: "" })),
    ).toEqual([...REQUIRED_FIELDS]);
  });

  test("plain text will do for impact and rollback", () => {
    expect(missingFields(changed("kpi_impact", "more demos"))).toEqual([]);
  });

  test.each(["2026-02-30", "soon", 5])("a due date of %p is refused", (value) => {
    expect(BoardItem.safeParse({ ...whole, due_date: value }).success).toBe(false);
  });
});
