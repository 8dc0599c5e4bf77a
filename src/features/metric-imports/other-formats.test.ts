import { describe, expect, test } from "bun:test";
import { memorySource } from "./testing/memory-source.ts";
import { readAll, readText, refusalOf, summaryOf } from "./testing/read-all.ts";

describe("Bing Webmaster Tools", () => {
  test("search performance by day", async () => {
    const text = "Date,Impressions,Clicks,CTR,Avg. position\n9/13/2026 12:00:00 AM,200,4,2%,6.1\n";
    expect(await readText(text)).toEqual([
      "impressions 2026-09-13 200",
      "clicks 2026-09-13 4",
      "ctr 2026-09-13 0.02",
      "position 2026-09-13 6.1",
    ]);
    expect((await summaryOf(text)).format).toBe("bing");
  });

  test("keywords are a period's", async () => {
    const text = "Keyword,Impressions,Clicks,CTR,Avg. Position\ncrm,200,4,2.00%,6.1\n";
    expect(await readText(text, { asOf: "2026-09-30" })).toContain("clicks_period query=crm 2026-09-30 4");
  });

  test.each([
    ["Grounding Query,Citations\nbest crm,12\n", ["citations_period grounding_query=best crm 2026-09-30 12"]],
    ["Page,Citations\nhttps://x.example/a,9\n", ["citations_period page=https://x.example/a 2026-09-30 9"]],
    ["Date,Citations,Cited Pages\n2026-09-01,31,4\n", ["citations 2026-09-01 31", "cited_pages 2026-09-01 4"]],
  ])("citations in answers: %j", async (text, values) => {
    expect(await readText(text, { asOf: "2026-09-30" })).toEqual(values);
  });
});

const SEMRUSH =
  "Keyword,Position,Previous position,Search Volume,Keyword Difficulty,CPC,URL,Traffic,Traffic (%),Traffic Cost,Competition,Number of Results,Trends,Timestamp,SERP Features by Keyword,Keyword Intents,Position Type";

describe("Semrush positions", () => {
  test("each row is of its own day; a share in per cent is a share", async () => {
    const row =
      'crm,4,5,1900,61,8.2,https://x.example/,120,12.5,900,0.5,880000,"0,1",2026-09-14,Sitelinks,commercial,Organic';
    expect(await readText(`${SEMRUSH}\n${row}\n`)).toEqual([
      "position query=crm 2026-09-14 4",
      "volume query=crm 2026-09-14 1900",
      "keyword_difficulty query=crm 2026-09-14 61",
      "traffic query=crm 2026-09-14 120",
      "traffic_share query=crm 2026-09-14 0.125",
    ]);
  });
});

describe("Ahrefs organic keywords", () => {
  const text =
    "Keyword\tCountry\tVolume\tKD\tCurrent organic traffic\tCurrent position\tCurrent URL\ncrm für Teams\tDE\t1900\t\t120\t4\thttps://x.example/\n";
  const utf16 = Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from(text, "utf16le")]);
  const bigEndian = Buffer.from(utf16).swap16();

  test.each([
    ["UTF-16LE with a mark", utf16, "utf-16le"],
    ["UTF-16BE with a mark", bigEndian, "utf-16be"],
    ["UTF-8", Buffer.from(text), "utf-8"],
  ])("as %s, cut at any byte", async (_, bytes, encoding) => {
    for (const piece of [1, 3, 4096]) {
      const { values, summary } = await readAll(memorySource("ahrefs.csv", bytes, piece), { asOf: "2026-09-14" });
      expect(values.map(({ metric, scope, value }) => `${metric} ${scope} ${value}`)).toEqual([
        "volume country=DE&query=crm für Teams 1900",
        "traffic country=DE&query=crm für Teams 120",
        "position country=DE&query=crm für Teams 4",
      ]);
      expect(summary).toMatchObject({ format: "ahrefs", files: [{ encoding }] });
    }
  });

  test("without a date the day has to be said", async () => {
    expect(await refusalOf(memorySource("ahrefs.csv", utf16))).toContain("say it with `as_of`");
  });
});

describe("any CSV", () => {
  const mapping = { "Neue Leads": "leads", Region: "scope:region" };

  test("is read by its mapping; the date column is known by its name", async () => {
    const text = "Datum;Region;Neue Leads;Notiz\n01.09.2026;Nord;12,5;x\n02.09.2026;Süd;1.234,5;y\n";
    expect(await readText(text, { mapping })).toEqual([
      "leads region=Nord 2026-09-01 12.5",
      "leads region=Süd 2026-09-02 1234.5",
    ]);
    const { summary } = await readAll(memorySource("leads.csv", text), { mapping, sourceName: "crm" });
    expect(summary).toMatchObject({ source: "crm", format: "csv", tables: [{ ignored: ["Notiz"] }] });
  });

  test.each([",", ";", "\t", "|"])("with delimiter %j", async (delimiter) => {
    const text = ["when", "leads"].join(delimiter) + "\n" + ["2026-09-01", "3"].join(delimiter) + "\n";
    expect(await readText(text, { mapping: { when: "date", leads: "leads" } })).toEqual(["leads 2026-09-01 3"]);
  });

  test("dates that can be read both ways are refused until the order is said", async () => {
    const text = "date,leads\n01/09/2026,3\n02/09/2026,4\n";
    const options = { mapping: { leads: "leads" } };
    expect(await refusalOf(memorySource("x.csv", text), options)).toContain("date_format: dmy or mdy");
    expect(await readText(text, { ...options, dateFormat: "dmy" })).toEqual([
      "leads 2026-09-01 3",
      "leads 2026-09-02 4",
    ]);
  });

  test("a number that can be read both ways is never guessed", async () => {
    const mappingOf = { mapping: { mrr: "mrr", rate: "rate" } };
    const alone = "date,mrr\n2026-09-01,1.234\n";
    const { skipped, values } = await summaryOf(alone, { mapping: { mrr: "mrr" } });
    expect([values, skipped.by_reason]).toEqual([0, { ambiguous_number: 1 }]);
    expect(await readText(alone, { mapping: { mrr: "mrr" }, decimal: "," })).toEqual(["mrr 2026-09-01 1234"]);
    // Another column of the same file settles it.
    expect(await readText("date;mrr;rate\n2026-09-01;1.234;2,5\n", mappingOf)).toEqual([
      "mrr 2026-09-01 1234",
      "rate 2026-09-01 2.5",
    ]);
    expect(await readText("date,mrr,rate\n2026-09-01,1.234,2.5\n", mappingOf)).toEqual([
      "mrr 2026-09-01 1.234",
      "rate 2026-09-01 2.5",
    ]);
  });

  test("Excel's hint on the delimiter is not a header", async () => {
    expect(await readText("sep=;\ndate;leads\n2026-09-01;3\n", { mapping: { leads: "leads" } })).toEqual([
      "leads 2026-09-01 3",
    ]);
  });

  test.each<[string, Record<string, string> | undefined, string]>([
    ["csv", undefined, "a generic CSV needs a mapping"],
    ["csv", { nonsense: "leads" }, 'mapping names a column "nonsense" that the file does not have: "date", "leads"'],
    ["csv", { leads: "New Leads!" }, "a metric name of lower-case letters"],
    ["csv", { leads: "leads", date: "leads" }, "two columns mean leads"],
    ["csv", { leads: "" }, "expected any other table"],
    ["gsc", undefined, "expected Search Console"],
    ["semrush", undefined, "expected Semrush positions"],
  ])("as %s with mapping %j is refused: %s", async (format, given, why) => {
    const options = { format: format as "csv", ...(given && { mapping: given }) };
    expect(await refusalOf(memorySource("x.csv", "date,leads\n2026-09-01,3\n"), options)).toContain(why);
  });
});

describe("an unnamed file is taken for an export only where nothing else looks like it", () => {
  test.each([
    ["an advertising report", "Date,Impressions,Clicks,CTR,Cost\n2026-09-01,100,3,3%,9.5\n"],
    ["another analytics tool", "Date,Sessions,Views\n2026-09-01,100,30\n"],
    ["two kinds of clicks", "Date,Paid Clicks,Organic Clicks,Impressions,Position\n2026-09-01,1,2,30,4\n"],
    ["three kinds of clicks", "Date,Email Clicks,Ad Clicks,Social Clicks\n2026-09-01,1,2,3\n"],
  ])("%s is not guessed", async (_, text) => {
    expect(await refusalOf(memorySource("x.csv", text))).toContain("the columns fit no known export");
  });

  test("a mapping that gives known headers another meaning makes it a CSV", async () => {
    const text = "Date,Clicks,Impressions,Position\n2026-09-01,3,40,2\n";
    const mapping = { Clicks: "newsletter_clicks" };
    expect(await readText(text, { mapping })).toEqual(["newsletter_clicks 2026-09-01 3"]);
    expect((await summaryOf(text, { mapping })).format).toBe("csv");
  });
});
