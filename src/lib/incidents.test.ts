import { describe, expect, test } from "bun:test";
import {
  changeIncident,
  endsP0,
  Incident,
  INCIDENT_TRANSITIONS,
  incidentFact,
  incidentsInWindow,
  openP0s,
  parseSeverity,
  Postmortem,
  SEVERITIES,
  unreadableIncident,
  type IncidentStatus,
} from "./incidents.ts";

const BY = { at: "2026-03-02T00:00:00.000Z", by: "person (cli)" };
const POSTMORTEM: Postmortem = {
  impact: "41 visits",
  root_cause: "no review",
  prevention: [{ title: "Review", owner: "content-ops", due_date: "2026-03-09" }],
};
const STATUSES: IncidentStatus[] = ["open", "mitigated", "resolved"];
const ALLOWED = new Set(["open mitigated", "open resolved", "mitigated resolved"]);

function incident(severity: Incident["severity"], status: IncidentStatus, extra: Partial<Incident> = {}): Incident {
  return {
    schema_version: 1,
    id: "i1",
    severity,
    module: "general",
    summary: "s",
    created_at: "2026-03-01T00:00:00.000Z",
    status,
    updates: [],
    ...extra,
  };
}

describe("the states of an incident", () => {
  test.each(STATUSES.flatMap((from) => STATUSES.map((to) => [from, to] as const)))("%s → %s", (from, to) => {
    const change = () => changeIncident(incident("P2", from), { status: to }, BY);
    const stays = from === to && from !== "resolved";
    if (!stays && !ALLOWED.has(`${from} ${to}`))
      return expect(change).toThrow(expect.objectContaining({ code: "invalid_transition" }));
    expect(change()).toMatchObject({
      status: to,
      updates: [{ ...BY, status: to }],
      ...(to === "resolved" ? { resolved_at: BY.at } : {}),
    });
    expect(Incident.safeParse(change()).success).toBe(true);
  });

  test("the table names every state", () => {
    expect(Object.keys(INCIDENT_TRANSITIONS)).toEqual(STATUSES);
  });

  test("a resolved incident takes notes, but no new severity", () => {
    expect(changeIncident(incident("P1", "resolved"), { note: "n" }, BY).updates).toEqual([{ ...BY, note: "n" }]);
    expect(() => changeIncident(incident("P1", "resolved"), { severity: "P0" }, BY)).toThrow(
      expect.objectContaining({ code: "invalid_transition" }),
    );
  });

  test("updates are added, never replaced, and the first facts stay", () => {
    const once = changeIncident(incident("P1", "open"), { note: "one" }, BY);
    const twice = changeIncident(once, { severity: "P2", note: "two" }, BY);
    expect(twice.updates.map((update) => update.note)).toEqual(["one", "two"]);
    expect(twice).toMatchObject({ id: "i1", module: "general", summary: "s", created_at: "2026-03-01T00:00:00.000Z" });
  });
});

describe("ending a P0", () => {
  test.each([
    ["resolving it", incident("P0", "open"), { status: "resolved" }, true],
    ["resolving a mitigated one", incident("P0", "mitigated"), { status: "resolved" }, true],
    ["lowering it to P1", incident("P0", "open"), { severity: "P1" }, true],
    ["lowering it to P2", incident("P0", "mitigated"), { severity: "P2" }, true],
    ["mitigating it", incident("P0", "open"), { status: "mitigated" }, false],
    ["saying P0 again", incident("P0", "open"), { severity: "P0" }, false],
    ["a note", incident("P0", "open"), {}, false],
    ["resolving a P1", incident("P1", "open"), { status: "resolved" }, false],
    ["touching a resolved P0", incident("P0", "resolved"), { severity: "P1" }, false],
  ] as const)("%s", (_what, before, change, ends) => {
    expect(endsP0(before, change)).toBe(ends);
    if (!ends) return;
    expect(() => changeIncident(before, change, BY)).toThrow(
      expect.objectContaining({ code: "invalid_arguments", message: expect.stringContaining("without a postmortem") }),
    );
    expect(changeIncident(before, { ...change, postmortem: POSTMORTEM }, BY).postmortem).toEqual(POSTMORTEM);
    expect(changeIncident({ ...before, postmortem: POSTMORTEM }, change, BY).postmortem).toEqual(POSTMORTEM);
  });

  test.each([
    ["no prevention", { ...POSTMORTEM, prevention: [] }],
    ["a prevention without owner", { ...POSTMORTEM, prevention: [{ title: "t", owner: " ", due_date: "2026-03-09" }] }],
    ["a prevention without a day", { ...POSTMORTEM, prevention: [{ title: "t", owner: "o" }] }],
    ["a day that does not exist", { ...POSTMORTEM, prevention: [{ title: "t", owner: "o", due_date: "2026-02-30" }] }],
    ["a blank cause", { ...POSTMORTEM, root_cause: " " }],
  ])("a postmortem with %s is none", (_what, value) => {
    expect(Postmortem.safeParse(value).success).toBe(false);
  });
});

test.each([
  ["P0", "P0"],
  ["p1", "P1"],
  [" P2 ", "P2"],
  ["high", "P0"],
  ["Medium", "P1"],
  ["LOW", "P2"],
])("the severity %p is %s", (word, expected) => {
  expect(parseSeverity(word)).toBe(expected as Incident["severity"]);
});

test.each(["P3", "", "critical", "P00", "constructor"])("the severity %p is refused with the allowed words", (word) => {
  expect(() => parseSeverity(word)).toThrow(
    expect.objectContaining({ code: "invalid_arguments", message: expect.stringContaining("P0, P1 or P2") }),
  );
});

describe("which incidents count", () => {
  const from = "2026-03-01T00:00:00.000Z";
  const before = "2026-02-28T23:59:59.999Z";
  test.each(
    SEVERITIES.flatMap((severity) =>
      STATUSES.flatMap((status) => [from, before].map((created_at) => [severity, status, created_at] as const)),
    ),
  )("%s %s of %s", (severity, status, created_at) => {
    const facts = [incidentFact(incident(severity, status, { created_at }))];
    expect(incidentsInWindow(facts, from)).toHaveLength(status !== "resolved" || created_at === from ? 1 : 0);
    expect(openP0s(facts)).toHaveLength(severity === "P0" && status !== "resolved" ? 1 : 0);
  });

  test("a file that cannot be read is an open P0 in every window", () => {
    const facts = [unreadableIncident("i2", "torn")];
    expect(openP0s(facts)).toEqual(facts);
    expect(incidentsInWindow(facts, from)).toEqual(facts);
    expect(facts[0]).toMatchObject({ id: "i2", severity: "P0", status: "open", unreadable: true, postmortem: false });
  });
});
