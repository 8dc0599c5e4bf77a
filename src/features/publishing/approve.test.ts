import { expect, test } from "bun:test";
import type { OutboxItem, Payload } from "../../lib/outbox.ts";
import { processorTime } from "../../testing/processor-time.ts";
import { publishQuestion } from "./approve.ts";

const PICTURE = { path: "img/a.png", hash: "h", mime: "image/png", size: 1 };

function item(payload: Partial<Payload>, over: Partial<OutboxItem> = {}): OutboxItem {
  return {
    id: "out-1",
    batch: "batch-1",
    key: "k",
    state: "draft",
    platform: "paper",
    account: "demo",
    class: "content",
    payload: { text: "Hello", media: [], wire: {}, ...payload },
    payload_hash: "0123456789abcdef",
    warnings: [],
    setting_hash: "s",
    requested_by: "t",
    attempts: 0,
    created_at: "2026-12-01T09:00:00.000Z",
    updated_at: "2026-12-01T09:00:00.000Z",
    ...over,
  };
}

test.each<[string, OutboxItem[], string]>([
  ["a post", [item({})], 'paper as demo, now: "Hello" [0123456789ab]'],
  ["its breaks are seen", [item({ text: "One\n\n  Two\n" })], 'paper as demo, now: "One ⏎ Two" [0123456789ab]'],
  [
    "title and picture",
    [item({ title: "News", media: [PICTURE] })],
    'paper as demo, now, with img/a.png: "News / Hello" [0123456789ab]',
  ],
  [
    "a time that the platform keeps",
    [item({ at: "2026-12-02T09:00:00.000Z" })],
    'paper as demo, at 2026-12-02T09:00:00.000Z: "Hello" [0123456789ab]',
  ],
  [
    "a time that the outbox keeps",
    [item({}, { not_before: "2026-12-02T09:00:00.000Z" })],
    'paper as demo, at 2026-12-02T09:00:00.000Z: "Hello" [0123456789ab]',
  ],
  ["a notice", [item({}, { class: "notice" })], 'corrective notice on paper as demo, now: "Hello" [0123456789ab]'],
  [
    "mails",
    [item({ to: "a@example.com" }), item({ to: "b@example.com" })],
    'paper as demo, now, to 2 recipients, the first a@example.com: "Hello" [03938efaa48a]',
  ],
  [
    "warnings come last",
    [item({}, { warnings: ["no alt text", "a broken link"] })],
    'paper as demo, now: "Hello" [0123456789ab]; beware: no alt text; a broken link',
  ],
])("%s", (_name, items, question) => {
  expect(publishQuestion(items, "2026-12-01T09:00:00.000Z")).toBe(question);
});

test("however long its parts are, the text and the hash stand before what a host may cut", () => {
  const media = Array.from({ length: 20 }, (_, index) => ({
    ...PICTURE,
    path: `img/${"long-".repeat(20)}${index}.png`,
  }));
  const question = publishQuestion(
    [item({ text: "x".repeat(3000), media }, { warnings: ["w".repeat(5000)] })],
    "2026-12-01T09:00:00.000Z",
  );
  expect(question.indexOf("[0123456789ab]; beware: w")).toBeGreaterThan(400);
  expect(question.indexOf("[0123456789ab]; beware: w")).toBeLessThan(850);
  expect(question.length).toBeLessThan(1300);
});

test.each(["a" + " ".repeat(199_998) + "b", "\n".repeat(200_000), " \n".repeat(100_000)])(
  "a text of white space holds nobody up",
  (text) => {
    expect(processorTime(() => publishQuestion([item({ text })], "2026-12-01T09:00:00.000Z"))).toBeLessThan(50);
  },
);
