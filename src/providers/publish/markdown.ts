import MarkdownIt from "markdown-it";

/** A page of ours, an anchor, or one of three schemes; scripts, files and data stay text. */
const LINKS = /^(?:https?:|mailto:|[^:]*$)/i;
const markdown = new MarkdownIt({ html: false, linkify: false, typographer: false });
markdown.validateLink = (url) => LINKS.test(url.trim());

/** HTML of CommonMark text with tables; raw HTML in it comes out as text, and links other than http, https and mailto stay text. */
export function renderMarkdown(text: string): string {
  return markdown.render(text);
}
