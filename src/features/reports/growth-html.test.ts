import { describe, expect, test } from "bun:test";
import type { GrowthReport } from "../../lib/reports.ts";
import { HOSTILE, hostileReport } from "../../testing/hostile-report.ts";
import { SAMPLE_REPORTS } from "../../testing/sample-report.ts";
import { renderGrowthPage } from "./growth-html.ts";
import { renderGrowthJson } from "./growth-json.ts";
import { renderGrowthReport } from "./growth-markdown.ts";

interface Seen {
  /** Names of elements outside of charts, in order. */
  outline: string[];
  ids: string[];
  addresses: string[];
  handlers: string[];
  text: string;
}

/** The page as a parser sees it. */
function parse(page: string): Seen {
  const seen: Seen = { outline: [], ids: [], addresses: [], handlers: [], text: "" };
  new HTMLRewriter()
    .on("*", {
      element(element) {
        if (!["path", "g", "rect", "text", "line", "pattern"].includes(element.tagName))
          seen.outline.push(element.tagName);
        for (const [name, value] of element.attributes) {
          if (name === "id") seen.ids.push(value);
          if (name === "href" || name === "src" || name === "xlink:href") seen.addresses.push(value);
          if (name.startsWith("on")) seen.handlers.push(name);
        }
      },
    })
    .on("body *", {
      text({ text }) {
        seen.text += text;
      },
    })
    .transform(page);
  return seen;
}

const decoded = (text: string): string =>
  text
    .replaceAll("&lt;", "<")
    .replaceAll("&gt;", ">")
    .replaceAll("&quot;", '"')
    .replaceAll("&#39;", "'")
    .replaceAll("&amp;", "&");
const flat = (text: string): string => decoded(text).replaceAll(/\s+/g, " ");

/** Every text of a value that a person wrote; names, days and instants have their own form on a page. */
function written(value: unknown): string[] {
  if (typeof value === "string") return / /.test(value) ? [value] : [];
  if (value === null || typeof value !== "object") return [];
  return Object.entries(value).flatMap(([key, one]) => (key === "remedies" || key === "signals" ? [] : written(one)));
}

describe.each(Object.entries(SAMPLE_REPORTS))("the page of %s", (_name, report) => {
  test("has one h1, its landmarks, a language, unique ids and links that lead somewhere inside it", async () => {
    const page = await renderGrowthPage(report);
    const { outline, ids, addresses } = parse(page);
    expect(outline.filter((name) => ["header", "main", "footer", "h1"].includes(name))).toEqual([
      "header",
      "main",
      "h1",
      "footer",
    ]);
    expect(page).toMatch(/^<!doctype html>\s*<html lang="en">/i);
    expect(new Set(ids).size).toBe(ids.length);
    expect(addresses.length).toBeGreaterThan(3);
    for (const address of addresses) expect(ids).toContain(address.replace(/^#/, ""));
  });

  test("runs nothing and asks nobody for anything", async () => {
    const page = await renderGrowthPage(report);
    const { outline, handlers } = parse(page);
    expect(handlers).toEqual([]);
    expect(outline.filter((name) => ["script", "link", "img", "iframe", "object", "base"].includes(name))).toEqual([]);
    expect(page).not.toMatch(/@import|url\((?!#)/);
  });

  test("is the same text every time", async () => {
    expect((await renderGrowthPage(report)) === (await renderGrowthPage(structuredClone(report)))).toBe(true);
  });
});

describe.each([
  ["page", async (report: GrowthReport) => flat(parse(await renderGrowthPage(report)).text)],
  ["Markdown", (report: GrowthReport) => Promise.resolve(flat(renderGrowthReport(report)))],
])("the %s", (_name, render) => {
  test.each(["intervene", "continue", "rollback"] as const)("shows every text of %s", async (name) => {
    const report = SAMPLE_REPORTS[name];
    const shown = (await render(report)).toLowerCase().replaceAll("_", " ");
    const missing = written({ ...report, window: {} }).filter(
      (text) => !shown.includes(flat(text).toLowerCase().replaceAll("_", " ")),
    );
    expect(missing).toEqual([]);
  });

  test("shows both values of a conflict, the money, the receipts, the progress and the ledger head", async () => {
    const { intervene, continue: all } = SAMPLE_REPORTS;
    const shown = await render({ ...intervene, spend: all.spend ?? [], publishing: all.publishing ?? [] });
    for (const text of [
      "19820|19,820",
      "16400|16,400",
      "1,840.50 EUR",
      "2,500.00 EUR",
      "https://example.com/blog/onboarding-cost",
      "17",
      "40",
      intervene.ledger_head,
      "Europe/Berlin",
      "inc-20261117-0b",
    ])
      expect({ text, found: text.split("|").some((form) => shown.includes(form)) }).toEqual({ text, found: true });
  });

  test("has no section about money or posts while the report has none", async () => {
    const shown = await render(SAMPLE_REPORTS.intervene);
    expect(shown).not.toMatch(/Spend|Publishing/);
  });
});

test("a day is overdue by the calendar of the report's time zone", async () => {
  const actions = [{ id: "a1", title: "Measure", owner: "analytics", due_date: "2026-11-21", status: "open" as const }];
  const late = { ...SAMPLE_REPORTS.empty, actions, at: "2026-11-21T20:00:00.000Z" };
  const marked = async (timezone: string) =>
    parse(await renderGrowthPage({ ...late, timezone })).text.includes("overdue");
  expect([await marked("UTC"), await marked("Asia/Tokyo")]).toEqual([false, true]);
});

test("an unknown trend is never called up, and a declared one says so", async () => {
  const { text } = parse(
    await renderGrowthPage({
      ...SAMPLE_REPORTS.unknown,
      recovery: [],
      would_change: [],
      decision: null,
      gates: { overall: "PASS", gates: [] },
    }),
  );
  expect(text.match(/\bdeclared\s+up\b/g)?.length).toBeGreaterThan(1);
  expect(text.replaceAll(/declared\s+(?:it\s+)?up|never\s+up/gi, "")).not.toMatch(/\bup\b/);
});

describe.each(Object.entries(HOSTILE))("a hostile text (%s)", (_name, words) => {
  test("changes nothing but the words of the page", async () => {
    const { outline, ids, handlers } = parse(await renderGrowthPage(hostileReport(words)));
    const plain = parse(await renderGrowthPage(hostileReport("words")));
    expect(handlers).toEqual([]);
    expect(outline).toEqual(plain.outline);
    expect(ids).toEqual(plain.ids);
  });

  test("keeps the tables of the Markdown whole", () => {
    const columns = (text: string): number[] =>
      text
        .split("\n")
        .filter((line) => line.startsWith("|"))
        .map((line) => line.replaceAll("\\|", "").split("|").length);
    expect(columns(renderGrowthReport(hostileReport(words)))).toEqual(
      columns(renderGrowthReport(hostileReport("words"))),
    );
  });
});

test("report.json is the value, with the same text whatever the order of its members", () => {
  const report = SAMPLE_REPORTS.intervene;
  const turned = Object.fromEntries(Object.entries(report).toReversed()) as unknown as GrowthReport;
  expect(JSON.parse(renderGrowthJson(report))).toEqual(report);
  expect(renderGrowthJson(turned)).toBe(renderGrowthJson(report));
});
