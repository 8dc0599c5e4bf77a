import { expect, test } from "bun:test";
import { film, mp4, png } from "../testing/media-files.ts";
import { readMovie } from "./movie.ts";

test("an MP4 tells its size and its length", () => {
  expect(readMovie(film(1280, 720, 4.2))).toEqual({ width: 1280, height: 720, seconds: 4.2 });
});

test("what is torn, empty or something else tells what it can, and never fails", () => {
  expect([mp4(), png(), new Uint8Array()].map(readMovie)).toEqual([{}, {}, {}]);
  const whole = film(1280, 720, 4.2);
  for (let length = 0; length <= whole.length; length += 1)
    expect(() => readMovie(whole.subarray(0, length))).not.toThrow();
  for (let at = 0; at < whole.length; at += 1)
    for (const value of [0, 1, 255]) {
      const torn = Uint8Array.from(whole);
      torn[at] = value;
      expect(() => readMovie(torn)).not.toThrow();
    }
});
