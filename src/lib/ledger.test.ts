import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { GENESIS, ledgerHash, LedgerRow, verifyChain } from "./ledger.ts";

function seal(seq: number, prev: string, members: Partial<LedgerRow> = {}): LedgerRow {
  const row = {
    seq,
    at: `2026-03-01T00:00:0${seq % 10}.000Z`,
    kind: "gate.set",
    subject: `s${seq}`,
    actor: { host: "cli" as const },
    tool: "t",
    evidence: { n: seq },
    ...members,
    prev,
  };
  return { ...row, hash: ledgerHash(row) };
}

function chain(length: number): LedgerRow[] {
  const rows: LedgerRow[] = [];
  for (let seq = 1; seq <= length; seq += 1) rows.push(seal(seq, rows.at(-1)?.hash ?? GENESIS));
  return rows;
}

const swap = (rows: LedgerRow[], index: number, change: Partial<LedgerRow>): LedgerRow[] =>
  rows.map((row, at) => (at === index ? { ...row, ...change } : row));

describe("a whole chain", () => {
  test.each([0, 1, 5])("of %d rows holds", (length) => {
    const rows = chain(length);
    expect(verifyChain(rows)).toEqual({ ok: true, head: rows.at(-1)?.hash ?? GENESIS, rows: length });
  });

  test("a row's hash does not depend on the order of its members", () => {
    const { hash, ...row } = seal(1, GENESIS);
    expect(ledgerHash(Object.fromEntries(Object.entries(row).toReversed()) as typeof row)).toBe(hash);
  });

  test("rows fit the schema", () => {
    expect(chain(2).every((row) => LedgerRow.safeParse(row).success)).toBe(true);
  });
});

describe("tampering is found at its row", () => {
  const rows = chain(5);
  test.each([
    ["a changed subject", swap(rows, 2, { subject: "other" }), 3, /content does not match/],
    ["a changed time", swap(rows, 0, { at: "2020-01-01T00:00:00.000Z" }), 1, /content does not match/],
    ["changed evidence", swap(rows, 4, { evidence: { n: 6 } }), 5, /content does not match/],
    ["an added member", swap(rows, 1, { after: true }), 2, /content does not match/],
    ["a changed hash", swap(rows, 1, { hash: GENESIS }), 2, /content does not match/],
    ["a removed row", rows.toSpliced(2, 1), 3, /row 3 is missing/],
    ["a removed first row", rows.slice(1), 1, /row 1 is missing/],
    ["two rows exchanged", [...rows.slice(0, 1), ...rows.slice(1, 3).toReversed(), ...rows.slice(3)], 2, /missing/],
    ["a row told twice", rows.toSpliced(2, 0, ...rows.slice(1, 2)), 3, /missing/],
    ["a row sealed anew", rows.with(1, seal(2, rows[0]?.hash ?? "", { subject: "forged" })), 3, /does not continue/],
    [
      "a removed row, renumbered",
      [...rows.slice(0, 2), ...rows.slice(3).map((row) => ({ ...row, seq: row.seq - 1 }))],
      3,
      /does not continue/,
    ],
  ] as const)("%s", (_what, tampered, seq, problem) => {
    expect(verifyChain(tampered)).toEqual({ ok: false, seq, problem: expect.stringMatching(problem) });
  });

  test("whichever text of whichever row is changed", () => {
    const members = ["at", "kind", "subject", "tool", "prev", "hash"] as const;
    fc.assert(
      fc.property(fc.nat(4), fc.constantFrom(...members), fc.string(), (index, member, text) => {
        fc.pre(text !== rows[index]?.[member]);
        expect(verifyChain(swap(rows, index, { [member]: text }))).toMatchObject({ ok: false, seq: index + 1 });
      }),
    );
  });
});
