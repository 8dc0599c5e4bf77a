import { expect, test } from "bun:test";
import { mp4, png } from "../testing/media-files.ts";
import { extensionOf, mediaType, type MediaType } from "./media-type.ts";

const box = (brand: string): Uint8Array => Buffer.from(`\0\0\0\x18ftyp${brand}\0\0\0\0`, "latin1");

test("files are told by their own bytes", () => {
  expect(mediaType(png(640, 360))).toEqual({ mime: "image/png", width: 640, height: 360 });
  expect(mediaType(mp4())?.mime).toBe("video/mp4");
  expect(mediaType(Buffer.from("\x1aE\xdf\xa3\x01", "latin1"))?.mime).toBe("video/webm");
});

test.each(["avif", "heic", "mif1", "M4A "])("the brand %s is no film", (brand) => {
  expect(mediaType(box(brand))).toBeUndefined();
});

test.each(["", "<svg/>", "<html>", "%PDF-1.7", "PK\x03\x04", "\x89PN", "RIFF", "\0\0\0\x18ftyp"])(
  "%j is neither image nor film",
  (text) => {
    expect(mediaType(Buffer.from(text, "latin1"))).toBeUndefined();
  },
);

test("every start of a file is judged without an error", () => {
  for (const file of [png(), mp4(), Buffer.from("\xff\xd8\xff\xe0\0\0\xff\xff\xff", "latin1")])
    for (let length = 0; length <= Math.min(file.length, 64); length += 1)
      expect(() => mediaType(file.subarray(0, length))).not.toThrow();
});

test("a type has its usual extension", () => {
  expect([extensionOf("image/jpeg"), extensionOf("video/mp4")]).toEqual(["jpg", "mp4"]);
});

const bytes = (text: string, length = 64): Uint8Array =>
  Buffer.concat([Buffer.from(text, "latin1"), Buffer.alloc(Math.max(0, length - text.length))]);
const ftyp = (brand: string): Uint8Array => bytes(`\0\0\0\x18ftyp${brand}\0\0\0\0`);
/** A camera's JPEG: a long note before the frame of 640 by 480. */
const jpeg = Buffer.concat([
  Buffer.from([0xff, 0xd8, 0xff, 0xe1, 0xff, 0xff]),
  Buffer.alloc(0xfffd),
  Buffer.from([0xff, 0xff, 0xc2, 0, 17, 8, 480 >> 8, 480 & 255, 640 >> 8, 640 & 255, 0, 0, 0]),
]);

test.each<[string, Uint8Array, MediaType]>([
  ["PNG", png(30, 20), { mime: "image/png", width: 30, height: 20 }],
  ["GIF", bytes("GIF89a\x05\x00\x07\x00"), { mime: "image/gif", width: 5, height: 7 }],
  ["JPEG behind a note of 64 KiB", jpeg, { mime: "image/jpeg", width: 640, height: 480 }],
  [
    "WebP, extended",
    bytes("RIFF\0\0\0\0WEBPVP8X\0\0\0\0\0\0\0\0c\0\x001\0\0"),
    { mime: "image/webp", width: 100, height: 50 },
  ],
  ["MP4", mp4(), { mime: "video/mp4" }],
  ["WebM", bytes("\x1aE\xdf\xa3\x01\0\0\0\0\0\0\x1fB\x82\x84webm"), { mime: "video/webm" }],
])("%s", (_name, file, shape) => {
  expect(mediaType(file)).toEqual(shape);
});

test.each<[string, Uint8Array]>([
  ["HEIC", ftyp("heic")],
  ["AVIF", ftyp("avif")],
  ["an audio book", ftyp("M4A ")],
  ["SVG", bytes("<svg xmlns='http://www.w3.org/2000/svg'/>")],
  ["a page", bytes("<!doctype html>")],
  ["nothing", new Uint8Array()],
  ["one byte", new Uint8Array([0x89])],
])("%s is neither", (_name, file) => {
  expect(mediaType(file)).toBeUndefined();
});

test("a picture that is cut anywhere says what it can, and throws nothing", () => {
  for (const whole of [png(), jpeg, bytes("RIFF\0\0\0\0WEBPVP8L"), bytes("GIF89a\x05\0\x07\0")])
    for (let length = 0; length < Math.min(whole.length, 80); length += 1)
      expect(() => mediaType(whole.subarray(0, length))).not.toThrow();
  for (let value = 0; value < 256; value += 1)
    expect(() => mediaType(Buffer.alloc(5000, Buffer.from([0xff, 0xd8, 0xff, value])))).not.toThrow();
});
