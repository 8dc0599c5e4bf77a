import { afterAll, describe, expect, test } from "bun:test";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { openStore } from "../../store/open.ts";
import { makeWorkspace } from "../../testing/temp-workspace.ts";
import { readAudience } from "./audience.ts";

const workspace = makeWorkspace();
const store = openStore({ directory: workspace.directory, sync: "off" });
afterAll(async () => {
  await store.close();
  workspace.dispose();
});

const list = (content: string | Uint8Array, name = "list.csv"): string => {
  writeFileSync(join(workspace.directory, name), content);
  return name;
};
const refusal = async (given: string | string[]): Promise<string> =>
  readAudience(store, given).then(
    (read) => `accepted ${JSON.stringify(read)}`,
    (error: unknown) => String(error),
  );
const TWO = ["ann@example.org", "bob@example.org"];

describe("an audience", () => {
  test.each<[string, string | string[]]>([
    ["text", "ann@example.org, bob@example.org"],
    ["text with lines", " ann@example.org;\n bob@example.org \n"],
    ["a list", TWO],
    ["a list with one written twice", [...TWO, "ANN@example.org"].toReversed().toReversed()],
  ])("of %s", async (_name, given) => {
    expect((await readAudience(store, given)).map((one) => one.toLowerCase())).toEqual(TWO);
  });

  test.each<[string, string | Uint8Array]>([
    ["commas", "name,email\nAnn,ann@example.org\nBob,bob@example.org\n"],
    ["semicolons and a mark", "\uFEFFEmail;Name\r\nann@example.org;Ann\r\nbob@example.org;Bob\r\n"],
    ["tabs in UTF-16", Buffer.from("\uFEFFemail\tname\nann@example.org\tÄnn\nbob@example.org\tBob\n", "utf16le")],
    ["quotes, commas and lines inside", '"email","note"\n"ann@example.org","a, ""b""\nc"\n"bob@example.org",""\n'],
    ["empty lines and spaces", "email\n\n ann@example.org \n\n bob@example.org\n\n"],
    ["old characters", Buffer.from("email,name\nann@example.org,J\u00f6rg\nbob@example.org,B\n", "latin1")],
    ["old line ends", "email,name\rann@example.org,A\rbob@example.org,B\r"],
  ])("from a CSV file with %s", async (_name, content) => {
    expect(await readAudience(store, list(content))).toEqual(TWO);
  });

  test("from a file whose name holds spaces", async () => {
    mkdirSync(join(workspace.directory, "my lists"), { recursive: true });
    expect(await readAudience(store, list("email\nann@example.org\n", "my lists/a b.csv"))).toEqual([
      "ann@example.org",
    ]);
  });

  test.each<[string, string | string[]]>([
    ["a header in an address", ["ann@example.org\r\nBcc: eve@example.org"]],
    ["a second address in one", ["ann@example.org,eve@example.org"]],
    ["a name with it", "Ann <ann@example.org>"],
    ["an address of 300 characters", [`${"a".repeat(300)}@example.org`]],
    ["hidden characters", ["ann\u200B@example.org"]],
    ["a NUL", ["ann\u0000@example.org"]],
    ["a bare name", "ann"],
    ["501 recipients", Array.from({ length: 501 }, (_, at) => `r${at}@example.org`)],
    ["a file outside", "../list.csv"],
    ["a hidden file", ".env.csv"],
  ])("with %s is refused", async (_name, given) => {
    expect(await refusal(given)).toMatch(/^OhmymktError: /);
  });

  test.each<[string, string | Uint8Array, RegExp]>([
    ["no column email", "name,mail\nAnn,ann@example.org\n", /columns name, mail, and none called email/],
    ["a header injected", 'email\n"ann@example.org\nBcc: eve@example.org"\n', /1 of 1 are no mail addresses/],
    ["a picture inside", Buffer.from([0x89, 0x50, 0x4e, 0x47, 0, 0, 0, 0]), /expected text|expected CSV/],
    ["one endless line", "k".repeat(900_000), /none called email/],
    ["an endless cell", `email\n${"a".repeat(900_000)}\n`, /1 of 1 are no mail addresses/],
    ["2 MB", `email\n${"ann@example.org\n".repeat(130_000)}`, /2080006 bytes; at most 1000000/],
    ["too many rows", `email\n${"a@b.co\n".repeat(6000)}`, /more than 5000 rows/],
    ["nothing", "", /empty/],
  ])("from a file with %s is refused in few words", async (_name, content, says) => {
    const message = await refusal(list(content));
    expect(message).toMatch(says);
    expect(message.length).toBeLessThan(500);
  });
});
