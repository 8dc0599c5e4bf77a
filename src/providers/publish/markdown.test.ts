import { describe, expect, test } from "bun:test";
import { renderMarkdown } from "./markdown.ts";

describe("Markdown", () => {
  test.each([
    ["# Hi\n\n**b** & <i>", "<h1>Hi</h1>\n<p><strong>b</strong> &amp; &lt;i&gt;</p>\n"],
    ["<script>alert(1)</script>", "<p>&lt;script&gt;alert(1)&lt;/script&gt;</p>\n"],
    ["[a](javascript:alert(1))", "<p>[a](javascript:alert(1))</p>\n"],
    ["[a](JaVaScRiPt:alert(1))", "<p>[a](JaVaScRiPt:alert(1))</p>\n"],
    ["[a](data:text/html,x)", "<p>[a](data:text/html,x)</p>\n"],
    ["![a](data:image/png;base64,AA)", "<p>![a](data:image/png;base64,AA)</p>\n"],
    ["[a](file:///etc/passwd)", "<p>[a](file:///etc/passwd)</p>\n"],
    ["[a](https://x.example/?a=1&b=2)", '<p><a href="https://x.example/?a=1&amp;b=2">a</a></p>\n'],
    ["[a](mailto:a@b.example)", '<p><a href="mailto:a@b.example">a</a></p>\n'],
    ["[a](/pricing)", '<p><a href="/pricing">a</a></p>\n'],
    [
      "| a |\n|---|\n| 1 |",
      "<table>\n<thead>\n<tr>\n<th>a</th>\n</tr>\n</thead>\n<tbody>\n<tr>\n<td>1</td>\n</tr>\n</tbody>\n</table>\n",
    ],
    ["", ""],
  ])("%j", (text, html) => {
    expect(renderMarkdown(text)).toBe(html);
  });
});
