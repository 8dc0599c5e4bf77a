import { describe, expect, test } from "bun:test";
import { openArchive } from "./archive.ts";
import { memorySource } from "./testing/memory-source.ts";
import { readAll, refusalOf } from "./testing/read-all.ts";
import { writeZip, type ZipFile } from "./testing/zip-writer.ts";

const DATES: ZipFile = { name: "Dates.csv", text: "Date,Clicks,Impressions,CTR,Position\n2026-09-01,3,,,\n" };
const zip = (...files: ZipFile[]): ReturnType<typeof memorySource> => memorySource("export.zip", writeZip(files), 100);

describe("an archive", () => {
  test("is read stored or deflated, in folders, past what operating systems add", async () => {
    const { values, summary } = await readAll(
      zip(
        { name: "__MACOSX/._Dates.csv", text: "junk" },
        { name: ".DS_Store", text: "junk" },
        { name: "export/", text: "" },
        { ...DATES, name: "export/Dates.csv", deflate: true },
        { name: "readme.md", text: "hello" },
      ),
    );
    expect(values.map(({ value, row }) => [value, row])).toEqual([[3, "Dates.csv:2"]]);
    expect(summary.files.map(({ name }) => name)).toEqual(["Dates.csv"]);
  });

  test.each<[string, ZipFile[], string]>([
    ["a path out of the folder", [{ ...DATES, name: "../Dates.csv" }], "invalid relative path"],
    ["an absolute path", [{ ...DATES, name: "/etc/Dates.csv" }], "absolute path"],
    ["a drive", [{ ...DATES, name: "C:/Dates.csv" }], "absolute path"],
    ["backslashes", [{ ...DATES, name: "a\\Dates.csv" }], "invalid characters"],
    ["a symbolic link", [{ ...DATES, mode: 0o120777 }], "symbolic link"],
    ["an archive inside", [DATES, { name: "more.zip", text: "x" }], "archive inside the archive"],
    ["a zip under another name", [{ name: "Dates.csv", text: writeZip([DATES]) }], "a zip inside an archive"],
    ["a password", [{ ...DATES, encrypted: true }], "is encrypted"],
    ["one name twice", [DATES, { ...DATES, name: "x/dates.csv" }], "two files are named"],
    [
      "too many files",
      Array.from({ length: 51 }, (_, at) => ({ ...DATES, name: `${at}.csv` })),
      "at most 50 files, got 51",
    ],
    [
      "a bomb",
      [{ name: "Dates.csv", text: Buffer.alloc(12_000_000, "a"), deflate: true }],
      "would grow more than 200 times",
    ],
    ["a size that is too small", [{ ...DATES, deflate: true, statedSize: 4 }], "the archive is damaged"],
    ["a size that is too large", [{ ...DATES, deflate: true, statedSize: 400 }], "the archive is damaged"],
    ["a wrong checksum", [{ ...DATES, statedSum: 7 }], "the checksum of"],
    ["no table", [{ name: "picture.png", text: "x" }], "no .csv, .tsv or .txt file"],
  ])("with %s is refused before any value", async (_, files, why) => {
    const refusal = await refusalOf(zip(...files));
    expect(refusal).toStartWith("invalid_arguments: ");
    expect(refusal).toContain(why);
    expect(refusal).toEndWith("nothing was imported");
  });

  test("is measured as a whole: many files within the ratio are too much together", async () => {
    const files = [1, 2, 3].map((at) => ({ name: `${at}.csv`, text: "a".repeat(400) }));
    const limits = { entries: 50, totalBytes: 1000, ratio: 200, ratioFrom: 10_000 };
    await expect(openArchive(zip(...files), limits)).rejects.toThrow("unpacked it is larger than 1000 bytes");
    expect(await openArchive(zip(...files.slice(1)), limits)).toHaveLength(2);
  });
});
