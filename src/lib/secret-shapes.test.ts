import { expect, test } from "bun:test";
import { holdsSecret, looksLikeSecret } from "./secret-shapes.ts";

test.each([
  "sk-proj-abcdefghijklmnop",
  "sk_live_51Habcdefgh",
  "r8_abcdefghijkl",
  "re_123456789abc",
  "ghp_abcdefghijklmnop",
  "xoxb-1234-5678-abcdefgh",
  "AKIAIOSFODNN7EXAMPLE",
  "AIzaSyA1234567890abcdef",
  "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.abc",
  "Bearer abcdefgh12345",
  "Basic dXNlcjpwYXNzd29yZA==",
  "-----BEGIN PRIVATE KEY-----",
  "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
  "64f1c0ffee64f1c0ffee64f1:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef",
  "0123456789abcdef0123456789abcdef",
  "abcd-efgh-ijkl-mnop",
  "abcd EFGH 1234 ijkl MNOP 5678",
  "my key is sk-proj-abcdefghijklmnop",
  "AAAAAAAAAAAAAAAAAAAAAMLheAAAAAAA0%2BuSeid%2BULvsea4JtiGRiSDSJSI%3D",
])("%j looks like a key", (text) => {
  expect(looksLikeSecret(text)).toBe(true);
  expect(holdsSecret({ a: [{ b: text }] })).toBe(true);
  expect(holdsSecret({ [text]: 1 })).toBe(true);
});

test.each([
  "OPENAI_API_KEY",
  "X_OAUTH2_TOKEN",
  "WORDPRESS_APPLICATION_PASSWORD",
  "gpt-image-1.5",
  "gemini-3.1-flash-image-preview",
  "fal-ai/flux-pro/v1.1-ultra",
  "fal-ai/kling-video/v2.1/master/image-to-video",
  "bytedance/seedance-1-pro",
  "stability-ai/sdxl:39ed52f2a78e934b3ba6e2a89f5b1c712de7dfea535525255b1aa35c5565e08b",
  "5f2b6c1e9d8a7b6c5d4e3f2a",
  "urn:li:organization:123456789",
  "urn:li:person:AbC1dEf2Gh",
  "did:plc:ewvi7nxzyoun6zhxrhs64oiz",
  "Acme Newsletter <news@mail.acme-marketing.example>",
  "https://blog.example.com/a-long-path/with-many-words/and-more",
  "The quick brown fox jumps over the lazy dog, 42 times.",
  "public",
  "key-takeaways",
  "Key takeaways for marketers",
  "basic understanding",
  "",
])("%j does not", (text) => {
  expect(holdsSecret(text)).toBe(false);
});
