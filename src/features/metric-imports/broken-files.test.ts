import { describe, expect, test } from "bun:test";
import { memorySource } from "./testing/memory-source.ts";
import { readAll, readText, refusalOf, summaryOf } from "./testing/read-all.ts";
import { writeZip } from "./testing/zip-writer.ts";

const GSC = { format: "gsc" } as const;
const HEADER = "date,query,clicks,impressions,ctr,position";

describe("a file that is no table is refused", () => {
  const xlsx = writeZip([
    { name: "[Content_Types].xml", text: "<x/>" },
    { name: "xl/workbook.xml", text: "<x/>" },
  ]);
  test.each<[string, string | Uint8Array, string]>([
    ["empty", "", "the file is empty"],
    ["only blanks", " \r\n\n ", "the file has no text"],
    ["a header alone", `${HEADER}\n`, "it has a header and no rows"],
    [
      "a sign-in page",
      "\ufeff<!DOCTYPE html><html><title>Sign in</title></html>",
      "sign in and download the export again",
    ],
    ["JSON", '{"rows":[]}', "got JSON"],
    ["a PDF", "%PDF-1.7 …", "got a PDF"],
    ["a workbook", xlsx, "got a spreadsheet | export or save it as CSV"],
    ["an old workbook", Buffer.from("d0cf11e0a1b11ae1", "hex"), "got an old Excel workbook"],
    ["binary junk", Buffer.from(Array.from({ length: 400 }, (_, at) => (at * 7) % 256)), "binary data"],
    ["UTF-16 without its mark", Buffer.from(`${HEADER}\n`, "utf16le"), "UTF-16 without its mark"],
    ["one column", "just a list\nof lines\n", "each delimiter that was tried: comma, semicolon, tab, pipe"],
    ["an unfinished zip", writeZip([{ name: "a.csv", text: HEADER }]).subarray(0, 60), "the archive is damaged"],
  ])("%s", async (_, content, why) => {
    const refusal = await refusalOf(memorySource("export.csv", content));
    expect(refusal).toStartWith("invalid_arguments: export.csv: ");
    expect(refusal).toContain(why);
    expect(refusal).toEndWith("; nothing was imported");
  });
});

describe("a row that cannot be right is skipped, named and counted; the others are read", () => {
  const good = "2026-09-01,good,3,120,2.5%,8.4";
  test.each<[string, string, string, string]>([
    ["a day that is none", "2026-09-31,x,1,2,50%,3", "bad_day", "2026-09-31"],
    ["no day", ",x,1,2,50%,3", "no_day", "no date"],
    ["a day to come", "2026-11-02,x,1,2,50%,3", "future_day", "2026-11-02 is after today, 2026-11-01"],
    ["a day long ago", "1999-12-31,x,1,2,50%,3", "day_before_2000", "1999-12-31"],
    ["too few columns", "2026-09-01,x,1", "row_shape", "expected 6 columns as in the header, got 3"],
    ["a comma that is not quoted", "2026-09-01,x,y,1,2,50%,3", "row_shape", "got 7"],
    ["a negative count", "2026-09-01,x,-1,2,50%,3", "negative", "clicks: expected no negative count, got -1"],
    ["half a click", "2026-09-01,x,1.5,2,50%,3", "not_whole", "clicks: expected a whole number, got 1.5"],
    ["a number that no sum can hold", `2026-09-01,x,1,${"9".repeat(308)},50%,3`, "out_of_range", "got 1e+308"],
    ["dimensions that no store can hold", `2026-09-01,${"&".repeat(700)},1,2,50%,3`, "bad_scope", "at most 2000"],
    ["a share over 1", "2026-09-01,x,1,2,5,3", "out_of_range", "ctr: expected share from 0 to 1, got 5"],
    ["a bound", "2026-09-01,x,<5,2,50%,3", "bound", "<5 is a bound"],
    ["not a number", "2026-09-01,x,NaN,2,50%,3", "not_a_number", "NaN"],
    ["infinity", "2026-09-01,x,1,2,50%,Infinity", "not_a_number", "Infinity"],
    ["a control character", "2026-09-01,x\u0007,1,2,50%,3", "bad_scope", "printable"],
    ["the same row again", good, "duplicate", "repeats an earlier one"],
    ["a row that contradicts", "2026-09-01,good,4,120,2.5%,8.4", "contradiction", "other values than export.csv:2"],
  ])("%s", async (_, row, reason, why) => {
    const text = `${HEADER}\n${good}\n${row}\n2026-09-02,after,1,10,10%,4.5\n`;
    const { skipped } = await summaryOf(text);
    expect(skipped.by_reason).toEqual({ [reason]: 1 });
    expect(skipped.first).toEqual([{ row: "export.csv:3", why: expect.stringContaining(why) }]);
    const read = await readText(text);
    expect(read.slice(0, 4)).toEqual([
      "clicks query=good 2026-09-01 3",
      "impressions query=good 2026-09-01 120",
      "ctr query=good 2026-09-01 0.025",
      "position query=good 2026-09-01 8.4",
    ]);
    expect(read).toContain("clicks query=after 2026-09-02 1");
  });

  test("the first 200 are named, all are counted", async () => {
    const rows = Array.from({ length: 300 }, (_, at) => `2027-01-01,q${at},1,2,50%,3`);
    const { skipped } = await summaryOf([HEADER, good, ...rows].join("\n"));
    expect([skipped.total, skipped.first.length, skipped.by_reason.future_day]).toEqual([300, 200, 300]);
  });

  test("a header of thousands of columns does not fill the message", async () => {
    const wide = Array.from({ length: 5000 }, (_, at) => `column ${at}`).join(",");
    const refusal = await refusalOf(memorySource("wide.csv", `${wide}\n`));
    expect(refusal).toContain("and 4970 more");
    expect(refusal.length).toBeLessThan(2000);
  });

  test("a quote that is never closed ends the reading, and is said", async () => {
    const text = `${HEADER}\n${good}\n2026-09-02,"open,1,2,50%,3\n2026-09-03,x,1,2,50%,3\n`;
    const { skipped, quality } = await summaryOf(text);
    expect(skipped.first.map(({ row }) => row)).toEqual(["export.csv:3"]);
    expect(skipped.by_reason).toEqual({ unclosed_quote: 1 });
    expect(quality).toEqual(["export.csv has a quote that is not closed: rows from line 3 on are missing"]);
  });

  test("one that swallows more than any row could is refused", async () => {
    const filler = `${good}\n`.repeat(40_000);
    expect(await refusalOf(memorySource("export.csv", `${HEADER}\n2026-09-02,"open,1,2,50%,3\n${filler}`))).toContain(
      "the row that begins on line 2 does not end within 1 MiB",
    );
  });

  test("lines are counted through quoted line ends", async () => {
    const text = `${HEADER}\n2026-09-01,"two\nlines",1,2,50%,3\n2026-13-01,x,1,2,50%,3\n`;
    expect((await summaryOf(text)).skipped.first.map(({ row }) => row)).toEqual(["export.csv:2", "export.csv:4"]);
  });

  test("after the rows that decide, a number of another locale is skipped", async () => {
    const rows = Array.from({ length: 2000 }, (_, at) => `2026-09-01;q${at};1;2,5`);
    const { skipped } = await summaryOf(
      ["date;query;clicks;position", ...rows, "2026-09-02;late;1;2.5"].join("\n"),
      GSC,
    );
    expect(skipped.first).toEqual([
      { row: "export.csv:2002", why: 'position: expected a number with the decimal sign , and got "2.5"' },
    ]);
  });

  test("a column whose first rows mix two ways to write numbers refuses the file", async () => {
    const text = `date;clicks;position\n2026-09-01;1;2,5\n2026-09-02;1;2.5\n`;
    expect(await refusalOf(memorySource("x.csv", text), GSC)).toContain(
      "the column of position mixes two ways to write numbers",
    );
  });
});

describe("encoding", () => {
  test("what is not UTF-8 is read as Windows-1252, and said", async () => {
    const bytes = Buffer.from("date,query,clicks\n2026-09-01,caf\u00e9 m\u00fcnchen,3\n", "latin1");
    const { values, summary } = await readAll(memorySource("old.csv", bytes, 7), GSC);
    expect(values.map(({ scope }) => scope)).toEqual(["query=café münchen"]);
    expect(summary.quality.join()).toContain("read as Windows-1252");
  });

  test("a file that is cut inside a character is still UTF-8", async () => {
    const bytes = Buffer.from("date,query,clicks\n2026-09-01,ok,3\n2026-09-02,é").subarray(0, -1);
    const { summary } = await readAll(memorySource("cut.csv", bytes), GSC);
    expect(summary.files[0]?.encoding).toBe("utf-8");
    expect(summary.skipped.by_reason).toEqual({ row_shape: 1 });
  });

  test.each(["\n", "\r\n", "\r"])("lines end in %j, wherever the pieces are cut", async (end) => {
    const text = ["date,query,clicks", "2026-09-01,a,3", '2026-09-02,"b",4', ""].join(end);
    for (const piece of [1, 5, 4096]) {
      const { values } = await readAll(memorySource("x.csv", text, piece), GSC);
      expect(values.map(({ row, value }) => `${row} ${value}`)).toEqual(["x.csv:2 3", "x.csv:3 4"]);
    }
  });
});
