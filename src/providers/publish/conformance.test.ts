import { describeAdapter } from "./conformance.ts";
import { NOTICE_BOARD, startNoticeBoard } from "./testing/notice-board.ts";
import type { Draft } from "./adapter.ts";

const draft: Draft = { text: "The lift works again", media: [], audience: [], class: "content" };

describeAdapter({
  name: "notice board",
  adapter: NOTICE_BOARD,
  start: startNoticeBoard,
  draft,
  limits: [
    {
      name: "characters",
      at: { ...draft, text: "x".repeat(100) },
      over: { ...draft, text: "x".repeat(101) },
      limit: 100,
      got: 101,
    },
  ],
  media: { none: "the board takes no pictures" },
});
