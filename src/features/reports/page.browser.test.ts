import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import axe from "axe-core";
import puppeteer, { type Browser, type Page } from "puppeteer-core";
import { z } from "zod";
import { findChromium } from "../../testing/chromium.ts";
import { HOSTILE, hostileReport } from "../../testing/hostile-report.ts";
import { SAMPLE_REPORTS } from "../../testing/sample-report.ts";
import { renderGrowthPage } from "./growth-html.ts";

const FOLDER = join(import.meta.dir, "../../../.tmp/report-page");
const REPORTS = {
  ...SAMPLE_REPORTS,
  "hostile-long": hostileReport(HOSTILE.long),
  "hostile-arabic": hostileReport(HOSTILE.arabic),
  "hostile-control": hostileReport(HOSTILE.control),
};
/** Width in CSS pixels and colour scheme; 320 is the narrowest that WCAG 2.2, 1.4.10 asks for. */
const SCREENS = [
  { width: 1280, scheme: "light" },
  { width: 375, scheme: "dark" },
  { width: 320, scheme: "light" },
] as const;

const chromium = findChromium();
if (chromium === undefined)
  console.log(
    "Not run: the report page in a browser, because there is no chromium. Next: install one, or set CHROMIUM to its path",
  );

let browser: Browser;
beforeAll(async () => {
  if (chromium === undefined) return;
  browser = await puppeteer.launch({ executablePath: chromium, args: ["--no-sandbox"] });
  console.log(`Screenshots and PDFs: ${FOLDER}`);
}, 60_000);
afterAll(() => browser?.close());

describe.skipIf(chromium === undefined).each(Object.entries(REPORTS))("the page of %s", (name, report) => {
  let page: Page;
  const requests: string[] = [];

  beforeAll(async () => {
    page = await browser.newPage();
    page.on("request", (request) => requests.push(request.url()));
    await mkdir(FOLDER, { recursive: true });
    await Bun.write(join(FOLDER, `${name}.html`), await renderGrowthPage(report));
    await page.goto(`file://${join(FOLDER, `${name}.html`)}`);
  }, 60_000);

  afterAll(() => page.close());

  test.each(SCREENS)("fits $width px ($scheme), and axe finds nothing", async ({ width, scheme }) => {
    await page.setViewport({ width, height: 900 });
    await page.emulateMediaFeatures([{ name: "prefers-color-scheme", value: scheme }]);
    expect(await ask(page, OVERFLOW)).toEqual([]);
    await page.evaluate(axe.source);
    expect(await ask(page, VIOLATIONS)).toEqual([]);
    const path = join(FOLDER, `${name}-${width}-${scheme}.png`);
    await Bun.write(path, await page.screenshot({ fullPage: true }));
  });

  test("asks for nothing but itself", () => {
    expect(requests.filter((url) => !url.endsWith(`/${name}.html`))).toEqual([]);
  });

  test("shows one chart of each panel, at a size that can be read", async () => {
    for (const { width } of SCREENS) {
      await page.setViewport({ width, height: 900 });
      const sizes = await page.$$eval("figure svg text", (texts) =>
        texts.map((text) => text.getBoundingClientRect().height).filter((height) => height > 0),
      );
      expect(
        await page.$$eval("figure svg", (all) => all.filter((one) => one.getBoundingClientRect().width > 0).length),
      ).toBe(4);
      expect(Math.min(...sizes)).toBeGreaterThanOrEqual(11);
    }
  });

  test("prints on A4 without a cut chart", async () => {
    await page.setViewport({ width: 1280, height: 900 });
    const pdf = Buffer.from(await page.pdf({ preferCSSPageSize: true, printBackground: true }));
    expect(pdf.subarray(0, 5).toString()).toBe("%PDF-");
    expect(pdf.toString("latin1").match(/\/Type\s*\/Page\b/g)?.length ?? 0).toBeGreaterThanOrEqual(2);
    await Bun.write(join(FOLDER, `${name}.pdf`), pdf);
    await page.emulateMediaType("print");
    expect(
      await ask(page, `[...document.querySelectorAll("figure")].map((one) => getComputedStyle(one).breakInside)`),
    ).toEqual(Array.from({ length: 4 }, () => "avoid"));
    await page.emulateMediaType("screen");
  });
});

/** Runs in the page, whose types this project does not have; the answer is checked instead. */
async function ask(page: Page, question: string): Promise<string[]> {
  return z.array(z.string()).parse(await page.evaluate(question));
}

/** Elements that reach beyond the right edge, and the page itself when it scrolls sideways. */
const OVERFLOW = `(() => {
  const width = document.documentElement.clientWidth;
  const wide = [...document.querySelectorAll("body *")].filter(
    (one) => one.closest("svg") === null && one.getBoundingClientRect().right > width + 1,
  );
  const scrolls = document.documentElement.scrollWidth > width ? ["page " + document.documentElement.scrollWidth] : [];
  return [...scrolls, ...wide.map((one) => one.tagName + " " + one.textContent.slice(0, 60))];
})()`;

/** What axe finds against WCAG A and AA, one line an element. */
const VIOLATIONS = `axe.run(document, { runOnly: ["wcag2a", "wcag2aa"] }).then(({ violations }) =>
  violations.flatMap(({ id, nodes }) => nodes.map((node) => id + ": " + node.html.slice(0, 160) + ": " + node.failureSummary)),
)`;
