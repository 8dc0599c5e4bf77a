import { expect, test } from "bun:test";
import { hostCommand, isOneShot } from "./one-shot.ts";

test.each<[string[], string | undefined, boolean]>([
  [["run", "hello there"], "run", true],
  [["--print-logs", "--log-level", "ERROR", "run", "hello"], "run", true],
  [["--log-level=ERROR", "run"], "run", true],
  [["run", "--attach", "http://x", "serve"], "run", true],
  [["github", "run"], "github", true],
  [["serve", "--hostname", "127.0.0.1", "--port", "0"], "serve", false],
  [["--log-level", "run", "serve"], "serve", false],
  [["acp"], "acp", false],
  [["web"], "web", false],
  [["./run"], "./run", false],
  [[], undefined, false],
])("opencode %j", (words, command, oneShot) => {
  const argv = ["bun", "/$bunfs/root/src/index.js", ...words];
  expect([hostCommand(argv), isOneShot(argv)]).toEqual([command, oneShot]);
});
