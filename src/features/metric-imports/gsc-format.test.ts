import { describe, expect, test } from "bun:test";
import { memorySource } from "./testing/memory-source.ts";
import { readAll, readText, refusalOf, summaryOf } from "./testing/read-all.ts";
import { writeZip } from "./testing/zip-writer.ts";

const DATES = "Date,Clicks,Impressions,CTR,Position\n2026-09-01,3,120,2.5%,8.4\n2026-09-02,5,100,5%,7\n";
const GSC = { format: "gsc" } as const;
const QUERIES = "Top queries,Clicks,Impressions,CTR,Position\nbest crm,2,80,2.5%,9.1\n";

describe("the zip of Search Console", () => {
  const zip = (...more: { name: string; text: string }[]): ReturnType<typeof memorySource> =>
    memorySource(
      "export.zip",
      writeZip([{ name: "Queries.csv", text: QUERIES }, { name: "Dates.csv", text: DATES }, ...more]),
    );

  test("totals come from the dates alone, lists are stated for the period's last day", async () => {
    const { values, summary } = await readAll(zip());
    const clicks = values.filter(({ metric }) => metric.startsWith("clicks"));
    expect(clicks.map(({ metric, scope, day, value }) => [metric, scope, day, value])).toEqual([
      ["clicks", "", "2026-09-01", 3],
      ["clicks", "", "2026-09-02", 5],
      ["clicks_period", "query=best crm", "2026-09-02", 2],
    ]);
    expect(values.find(({ metric }) => metric === "ctr")).toMatchObject({ value: 0.025, unit: "share" });
    expect(summary).toMatchObject({ format: "gsc", timezone: "America/Los_Angeles", rows_read: 3 });
    expect(summary.quality.join("\n")).toContain("the queries named carry 25 % of all clicks");
  });

  test("a filter on queries is named as one that changes totals, the search type is not", async () => {
    const { summary } = await readAll(
      zip({ name: "Filters.csv", text: "Filter,Value\nSearch type,Web\nQuery,+crm\n" }),
    );
    expect(summary.quality).toContain("exported with Search type: Web");
    expect(summary.quality).toContain("filtered by Query: +crm; totals count only what passes this filter");
  });

  test("1,000 rows are the most that is exported, so the list is cut", async () => {
    const rows = Array.from({ length: 1000 }, (_, at) => `query ${at},1,2,50%,3`).join("\n");
    const header = "Top queries,Clicks,Impressions,CTR,Position";
    const { quality } = await summaryOf(`${header}\n${rows}\n`, { asOf: "2026-09-30" });
    expect(quality).toEqual(["export.csv has 1000 rows, the most that is exported: the list is cut"]);
    const { quality: whole } = await summaryOf(`${header}\n${rows.slice(0, rows.lastIndexOf("\n"))}\n`, {
      asOf: "2026-09-30",
    });
    expect(whole).toEqual([]);
  });

  test("the coverage report has a Chart.csv as well, and is another report", async () => {
    const chart = "Date,Not indexed,Indexed,Impressions\n2026-09-01,4,20,77\n";
    expect(await refusalOf(memorySource("c.zip", writeZip([{ name: "Chart.csv", text: chart }])))).toContain(
      "the columns fit no known export",
    );
  });
});

describe("one file of Search Console", () => {
  test("a list without its dates is refused until the day is said", async () => {
    expect(await refusalOf(memorySource("Queries.csv", QUERIES))).toContain("say it with `as_of`");
    expect(await refusalOf(memorySource("Queries.csv", QUERIES), { asOf: "2026-9-31" })).toContain(
      "as_of expected a day",
    );
    expect(await refusalOf(memorySource("Queries.csv", QUERIES), { asOf: "2027-01-01" })).toContain("after today");
    expect(await readText(QUERIES, { asOf: "2026-09-30" })).toContain("clicks_period query=best crm 2026-09-30 2");
  });

  test("what is an average over nothing says nothing", async () => {
    expect(await readText("Date,Clicks,Impressions,CTR,Position\n2026-09-01,0,0,0%,0\n")).toEqual([
      "clicks 2026-09-01 0",
      "impressions 2026-09-01 0",
    ]);
  });

  test("days that Google still corrects are not final", async () => {
    const text = "date,clicks\n2026-10-29,1\n2026-10-30,2\n";
    const { values } = await readAll(memorySource("d.csv", text), { format: "gsc", today: "2026-11-01" });
    expect(values.map(({ final }) => final)).toEqual([true, false]);
  });

  test.each([
    ["Top queries;Clicks;Impressions;CTR;Position", "crm;2;1,310;2.5%;8.5"],
    ["Häufigste Suchanfragen;Klicks;Impressionen;CTR;Position", "crm;2;1.310;2,5 %;8,5"],
    ["Häufigste Suchanfragen;Klicks;Impressionen;Klickrate;Durchschnittliche Position", "crm;2;1310;2,5 %;8,5"],
    ["Requêtes les plus fréquentes;Clics;Impressions;CTR;Position", "crm;2;1 310;2,5 %;8,5"],
    ["Consultas principales,Clics,Impresiones,CTR,Posición", 'crm,2,"1,310",2.5%,"8,5"'],
    ["Query principali;Clic;Impressioni;CTR;Posizione", "crm;2;1.310;2,5%;8,5"],
    ["Principais consultas,Cliques,Impressões,CTR,Posição", "crm,2,1310,2.5%,8.5"],
    ["Populairste zoekopdrachten;Klikken;Vertoningen;CTR;Positie", "crm;2;1.310;2,5%;8,5"],
    ["Najpopularniejsze zapytania;Kliknięcia;Wyświetlenia;CTR;Pozycja", "crm;2;1 310;2,5%;8,5"],
    ["Популярные запросы,Клики,Показы,CTR,Позиция", "crm,2,1310,2.5%,8.5"],
    ["上位のクエリ,クリック数,表示回数,CTR,掲載順位", 'crm,2,"1,310",2.5%,8.5'],
    ["热门查询,点击次数,展示,点击率,排名", "crm,2,1310,2.5%,8.5"],
    ["أهم طلبات البحث,النقرات,عدد الظهور,نسبة النقر إلى الظهور,موضع", "crm,٢,١٬٣١٠,٢٫٥٪,٨٫٥"],
  ])("is read in its language: %s", async (header, row) => {
    expect(await readText(`\ufeff${header}\r\n${row}\r\n`, { asOf: "2026-09-30" })).toEqual([
      "clicks_period query=crm 2026-09-30 2",
      "impressions_period query=crm 2026-09-30 1310",
      "ctr_period query=crm 2026-09-30 0.025",
      "position_period query=crm 2026-09-30 8.5",
    ]);
  });

  test("an unknown language is refused with what was expected", async () => {
    const refusal = await refusalOf(memorySource("q.csv", "Alfa,Beta,Gama\nx,1,2\n"));
    expect(refusal).toContain('"Alfa", "Beta", "Gama"');
    expect(refusal).toContain("Search Console: Date or Top queries or Top pages …, Clicks, Impressions, CTR, Position");
  });
});

describe("a comparison of two periods", () => {
  test.each([
    ["Top pages,Last 3 months Clicks,Previous 3 months Clicks,Last 3 months Impressions,Previous 3 months Impressions"],
    [
      "Pages les plus populaires,3 derniers mois Clics,3 mois précédents Clics,3 derniers mois Impressions,3 mois précédents Impressions",
    ],
    ["Page,Clicks,Same period last year Clicks,Impressions,Same period last year Impressions"],
  ])("reads the current one: %s", async (header) => {
    const text = `${header}\n/a,50,40,1000,900\n`;
    expect(await readText(text, { ...GSC, asOf: "2026-09-30" })).toEqual([
      "clicks_period page=/a 2026-09-30 50",
      "impressions_period page=/a 2026-09-30 1000",
    ]);
    expect((await summaryOf(text, { ...GSC, asOf: "2026-09-30" })).quality.join()).toContain(
      "only the current one was read",
    );
  });

  test("also where the earlier one stands first", async () => {
    const text = "Top pages,Previous 28 days Clicks,Last 28 days Clicks\n/a,40,50\n";
    expect(await readText(text, { ...GSC, asOf: "2026-09-30" })).toEqual(["clicks_period page=/a 2026-09-30 50"]);
  });

  test("a third column a metric is refused", async () => {
    const text = "Top pages,Last 28 days Clicks,Previous 28 days Clicks,Difference Clicks\n/a,5,4,1\n";
    expect(await refusalOf(memorySource("p.csv", text), GSC)).toContain("export one period without a comparison");
  });
});

describe("tables with a date", () => {
  test("scopes do not depend on the order of columns, and no two look alike", async () => {
    const one = await readText("date,query,page,clicks\n2026-09-01,a&page=/b,/c,1\n", GSC);
    const other = await readText("clicks,page,date,query\n1,/c,2026-09-01,a&page=/b\n", GSC);
    expect(one).toEqual(["clicks page=/c&query=a%26page%3D/b 2026-09-01 1"]);
    expect(other).toEqual(one);
  });

  test("a column of text that is not known is refused: leaving it out would make rows look alike", async () => {
    const text = "date,query,theme,clicks\n2026-09-01,a,blue,1\n2026-09-01,a,red,2\n";
    expect(await refusalOf(memorySource("x.csv", text), GSC)).toContain('"theme" is not known and holds text');
    expect(await readText(text, { ...GSC, mapping: { theme: "scope:theme" } })).toEqual([
      "clicks query=a&theme=blue 2026-09-01 1",
      "clicks query=a&theme=red 2026-09-01 2",
    ]);
  });

  test("a query that is kept secret is left out and counted", async () => {
    const { skipped, values } = await summaryOf("date,query,clicks\n2026-09-01,,9\n2026-09-01,crm,1\n", GSC);
    expect([values, skipped.by_reason]).toEqual([1, { empty_scope: 1 }]);
  });
});
