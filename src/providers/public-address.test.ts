import { expect, test } from "bun:test";
import { isPrivate, literalAddress } from "./public-address.ts";

test.each([
  "127.0.0.1",
  "127.255.255.254",
  "0.0.0.0",
  "0.1.2.3",
  "10.0.0.1",
  "172.16.0.1",
  "172.31.255.255",
  "192.168.1.1",
  "169.254.169.254",
  "100.64.0.1",
  "192.0.0.192",
  "192.0.2.1",
  "198.18.0.1",
  "198.51.100.7",
  "203.0.113.7",
  "224.0.0.1",
  "240.0.0.1",
  "255.255.255.255",
  "::",
  "::1",
  "::127.0.0.1",
  "::ffff:127.0.0.1",
  "::ffff:7f00:1",
  "::ffff:10.0.0.1",
  "::ffff:0:127.0.0.1",
  "64:ff9b::7f00:1",
  "64:ff9b::a9fe:a9fe",
  "64:ff9b:1::808:808",
  "fd00::1",
  "fd00:ec2::254",
  "fc00::1",
  "fe80::1",
  "fe80::1%eth0",
  "fec0::1",
  "ff02::1",
  "2002:7f00:1::",
  "2001::1",
  "2001:db8::1",
  "3fff::1",
  "100::1",
  "4000::1",
  "localhost",
  "example.com",
  "",
])("%p cannot be a public server", (address) => {
  expect(isPrivate(address)).toBe(true);
});

test.each(["8.8.8.8", "172.32.0.1", "192.169.0.1", "2606:4700::1111", "::ffff:8.8.8.8", "64:ff9b::808:808"])(
  "%p can",
  (address) => {
    expect(isPrivate(address)).toBe(false);
  },
);

test.each([
  ["0177.0.0.1", "127.0.0.1"],
  ["0x7f.1", "127.0.0.1"],
  ["2130706433", "127.0.0.1"],
  ["127.1", "127.0.0.1"],
  ["[::1]", "::1"],
  ["[::FFFF:127.0.0.1]", "::ffff:7f00:1"],
])("%p is read as %p, whoever reads it", (host, address) => {
  expect(literalAddress(host)?.address).toBe(address);
});

test("a name is none", () => {
  expect(literalAddress("127.0.0.1.example.com")).toBeUndefined();
});
