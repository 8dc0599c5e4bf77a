import { expect, test } from "bun:test";
import { projectDirectory } from "./project.ts";

const FOLDERS = new Set(["/p/.ohmymkt", "/p", "/p/a", "/p/a/b", "/q"]);
const find = (cwd: string, named?: string): string =>
  projectDirectory({ named, cwd, isFolder: (path) => FOLDERS.has(path) });

test.each([
  ["here", "/p", undefined, "/p"],
  ["above", "/p/a/b", undefined, "/p"],
  ["nowhere", "/q", undefined, "/q"],
  ["named, although the current directory has state", "/p", "/q", "/q"],
  ["named from here, without walking up", "/p", "a/b", "/p/a/b"],
])("%s", (_name, cwd, named, expected) => expect(find(cwd, named)).toBe(expected));

test("refuses a named folder that is none", () =>
  expect(() => find("/p", "x")).toThrow('--directory: expected a folder, got "x"'));
