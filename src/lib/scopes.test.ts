import { expect, test } from "bun:test";
import { scopeParts, scopeText } from "./scopes.ts";

test.each(["crm", "a&b=c", "100 % off", "%26", "价格 & crm", "", "https://acme.test/p?a=1&b=2"])(
  "%p comes back as it was",
  (value) => {
    const scope = [scopeText("page", value), scopeText("query", "x")].join("&");
    expect([...scopeParts(scope)]).toEqual([
      ["page", value],
      ["query", "x"],
    ]);
  },
);

test("the whole property has no parts", () => expect(scopeParts("").size).toBe(0));
