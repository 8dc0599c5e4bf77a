import { describe, expect, test } from "bun:test";
import { memorySource } from "./testing/memory-source.ts";
import { readText, refusalOf, summaryOf } from "./testing/read-all.ts";

const COMMENTS =
  "# ----------------\n# Traffic acquisition\n# Start date: 20260901\n# End date: 20260930\n# ----------------\n";

describe("a CSV of Google Analytics", () => {
  test("with dates gives days, drops the grand total and keeps what is not set", async () => {
    const text = `${COMMENTS}
Date,Session default channel group,Sessions,Engagement rate,Key events,Total revenue
,,"1,300",0.6,12.5,99.5,Grand total
20260901,Organic Search,"1,200",0.61,11.5,99.5
20260901,(not set),100,0.5,1,0
20260901,(other),7,0.5,0,0
`;
    expect(await readText(text)).toEqual([
      "sessions channel=Organic Search 2026-09-01 1200",
      "engagement_rate channel=Organic Search 2026-09-01 0.61",
      "key_events channel=Organic Search 2026-09-01 11.5",
      "total_revenue channel=Organic Search 2026-09-01 99.5",
      "sessions channel=(not set) 2026-09-01 100",
      "engagement_rate channel=(not set) 2026-09-01 0.5",
      "key_events channel=(not set) 2026-09-01 1",
      "total_revenue channel=(not set) 2026-09-01 0",
      "sessions channel=(other) 2026-09-01 7",
      "engagement_rate channel=(other) 2026-09-01 0.5",
      "key_events channel=(other) 2026-09-01 0",
      "total_revenue channel=(other) 2026-09-01 0",
    ]);
    const { quality, skipped } = await summaryOf(text);
    expect(quality).toEqual(["export.csv: channel is (not set) in 1 rows", "export.csv: channel is (other) in 1 rows"]);
    expect(skipped.total).toBe(0);
  });

  test("without dates is stated for the end of its period", async () => {
    const text = `${COMMENTS}Landing page + query string,Sessions\n/pricing?a=1,40\n`;
    expect(await readText(text)).toEqual(["sessions_period landing_page=/pricing?a%3D1 2026-09-30 40"]);
  });

  test("with several tables: the one that numbers its days is passed over with the reason, the next is read", async () => {
    const text = `${COMMENTS}Nth day,Organic Search,Direct\n0000,12,3\n0001,11,4\n\n# All Users\n# Start date: 20260901\n# End date: 20260930\nSession default channel group,Sessions\nDirect,7\n`;
    expect(await readText(text)).toEqual(["sessions_period channel=Direct 2026-09-30 7"]);
    const { tables } = await summaryOf(text);
    expect(tables.map(({ why }) => why)).toEqual([
      expect.stringContaining('"Nth day" does not name a calendar day'),
      undefined,
    ]);
  });

  test.each(["Nth day,Sessions\n0000,3\n", "Month,Sessions\n09,3\n", "Day of week name,Sessions\nMonday,3\n"])(
    "that names no calendar day is refused: %j",
    async (table) => {
      expect(await refusalOf(memorySource("ga4.csv", `${COMMENTS}${table}`))).toContain("use the dimension Date");
    },
  );

  test("says that it was sampled or thresholded", async () => {
    const text = `# Start date: 20260901\n# End date: 20260930\n# Thresholding applied\nCountry,Sessions\nSpain,3\n`;
    expect((await summaryOf(text)).quality).toEqual(["export.csv: Thresholding applied"]);
  });

  test("a name that begins with # is a row, not a comment", async () => {
    const text = `${COMMENTS}Session campaign,Sessions\n#sale,3\n(direct),4\n`;
    expect(await readText(text)).toEqual([
      "sessions_period campaign=#sale 2026-09-30 3",
      "sessions_period campaign=(direct) 2026-09-30 4",
    ]);
    const queries = "Top queries,Clicks,Impressions,CTR,Position\n#fitness,0,2,0%,3\n";
    expect(await readText(queries, { asOf: "2026-09-30" })).toContain("impressions_period query=#fitness 2026-09-30 2");
  });

  test("a period that is not over is refused", async () => {
    const text = `${COMMENTS}Country,Sessions\nSpain,3\n`;
    expect(await refusalOf(memorySource("ga4.csv", text), { today: "2026-09-29" })).toContain(
      "up to 2026-09-30, which is after today, 2026-09-29",
    );
  });
});
