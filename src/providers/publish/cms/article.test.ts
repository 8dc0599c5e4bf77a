import { describe, expect, test } from "bun:test";
import type { Draft } from "../adapter.ts";
import { pictureFile } from "../testing/pictures.ts";
import { articleHash, articleSlug, composeArticle, withAddresses, type ArticleRules } from "./article.ts";
import { htmlToText } from "./html-text.ts";

const rules: ArticleRules = {
  name: "The system",
  title: { max: 20, unit: "characters", count: (title) => title.length },
  featureAlt: 10,
  mimes: ["image/png", "video/mp4"],
};
const draft: Draft = { title: "A title", text: "Some text", media: [], audience: [], class: "content" };
const bytes = new Uint8Array([1]);
const file = (path: string, alt = "Alt", mime = "image/png") => pictureFile(bytes, { path, alt, mime });

describe("an article", () => {
  test.each<[string, Partial<Draft>, RegExp]>([
    ["a blank title", { title: "  " }, /needs a title/],
    ["a long title", { title: "x".repeat(21) }, /has 21 characters, expected at most 20/],
    ["a title of two lines", { title: "a\nb" }, /control character/],
    ["an empty text", { text: " \n" }, /text is empty/],
    ["an escape", { text: "a\u001b[31m" }, /control character/],
    ["an escape in an alt text", { media: [file("a.png", "\u0007")] }, /control character/],
    [
      "a long alt text above",
      { media: [file("a.png", "x".repeat(11))] },
      /a\.png has 11 characters, expected at most 10/,
    ],
    ["a file that it does not take", { media: [file("a.pdf", "", "application/pdf")] }, /a\.pdf is application\/pdf/],
  ])("%s is a problem", (_name, change, problem) => {
    const { problems } = composeArticle({ ...draft, ...change }, rules);
    expect(problems.join()).toMatch(problem);
    expect(problems).toHaveLength(1);
  });

  test("no title is a problem", () => {
    const { title: _, ...untitled } = draft;
    expect(composeArticle(untitled, rules).problems.join()).toContain("needs a title");
  });

  test("the first picture that the text does not name stands above, the others below, named ones in their place", () => {
    const text = "One ![](in%20line.png) two ![own](<in line.png>) ![x](https://example.com/x.png)";
    const media = [file("in line.png"), file("clip.mp4", "", "video/mp4"), file("top.png"), file('a"&<.png', "B & c")];
    const { payloads, feature, warnings } = composeArticle({ ...draft, text, media }, rules);
    expect(media[feature ?? -1]?.path).toBe("top.png");
    const html = payloads[0]?.html ?? "";
    expect(html).toBe(
      '<p>One <img src="in line.png" alt="Alt"> two <img src="in line.png" alt="own"> <img src="https://example.com/x.png" alt="x"></p>\n' +
        '<figure><video controls src="clip.mp4"></video></figure>\n' +
        '<figure><img src="a&quot;&amp;&lt;.png" alt="B &amp; c"></figure>\n',
    );
    const addresses = new Map(media.map(({ path }, index) => [path, `https://cdn.example/${index}?a=1&b="`]));
    expect(withAddresses(html, addresses).match(/src="[^"]*"/g)).toEqual([
      'src="https://cdn.example/0?a=1&amp;b=&quot;"',
      'src="https://cdn.example/0?a=1&amp;b=&quot;"',
      'src="https://example.com/x.png"',
      'src="https://cdn.example/1?a=1&amp;b=&quot;"',
      'src="https://cdn.example/3?a=1&amp;b=&quot;"',
    ]);
    expect(warnings).toEqual(["clip.mp4 has no alt text; add one for those who cannot see it"]);
  });

  test("a picture that is not among the media is a warning", () => {
    const { warnings } = composeArticle({ ...draft, text: "![a](assets/gone.png)" }, rules);
    expect(warnings.join()).toContain("assets/gone.png");
  });

  test("what looks like our own HTML in the text stays text", () => {
    const media = [file("top.png")];
    const { payloads } = composeArticle({ ...draft, text: '`<img src="top.png" alt="">`', media }, rules);
    expect(payloads[0]?.html).toBe("<p><code>&lt;img src=&quot;top.png&quot; alt=&quot;&quot;&gt;</code></p>\n");
  });

  test.each([
    ["Über uns: 10 % mehr!", "uber-uns-10-mehr"],
    ["../../etc/passwd", "etc-passwd"],
    ["你好", "post"],
    ["", "post"],
    ["x".repeat(300), "x".repeat(60)],
    ["$(id) `id` <b>", "id-id-b"],
  ])("%j has a name of its own", (title, name) => {
    const payload = { text: "", title, media: [], wire: {} };
    const [one, two] = [articleSlug({ payload, key: "k1" }), articleSlug({ payload, key: "k2" })];
    expect(one).toMatch(new RegExp(`^${name}-[0-9a-f]{8}$`));
    expect(articleSlug({ payload, key: "k1" })).toBe(one);
    expect(two).not.toBe(one);
  });

  test("its hash is of title and words, whatever a server makes of the tags", () => {
    const hash = articleHash("T", "<p>Read <strong>this</strong> &amp; that</p><ul><li>a</li><li>b</li></ul>");
    expect(articleHash("T", '<p class="x">Read <b>this</b>\n&#38; that</p>\n<!-- card --><ul> <li>a <li>b</ul>')).toBe(
      hash,
    );
    expect(articleHash("T", "<p>Read this & that</p> <p>a c</p>")).not.toBe(hash);
    expect(articleHash("U", "<p>Read <strong>this</strong> &amp; that</p><ul><li>a</li><li>b</li></ul>")).not.toBe(
      hash,
    );
  });

  test.each([
    ["<p>a</p><p>b</p>", "a b"],
    ["a<em>b</em>c", "abc"],
    ["&lt;i&gt; &#x41;&#66; &nbsp;&unknown; &#99999999;", "<i> AB &unknown; &#99999999;"],
    ["x<br>y", "x y"],
    ["", ""],
  ])("the words of %j", (html, words) => {
    expect(htmlToText(html)).toBe(words);
  });
});
