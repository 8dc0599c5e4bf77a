import { z } from "zod";
import { parse } from "papaparse";
import { OhmymktError } from "../../errors.ts";
import { oneLine } from "../../lib/research.ts";
import type { Store } from "../../store/store.ts";
import { checkTextFile } from "../metric-imports/text-file.ts";

/** Recipients of one call; larger mailings belong to the broadcast of a mail service. */
export const MAX_RECIPIENTS = 500;
/** A list of that many with a few columns beside them, bytes. */
const MAX_LIST_BYTES = 1_000_000;
/** RFC 5321 section 4.5.3.1.3 with the brackets left out; the expression below is not tried on anything longer. */
const MAX_ADDRESS = 254;
const Address = z.email();

/** The mail addresses that a call names: addresses themselves, or a CSV file of the project with a column `email`; each once, in order. Throws `invalid_arguments`. */
export async function readAudience(store: Store, given: string | readonly string[] | undefined): Promise<string[]> {
  if (given === undefined) return [];
  const named = (typeof given === "string" ? given.split(/[,;\s]+/) : [...given])
    .map((one) => one.trim())
    .filter(Boolean);
  const file = csvFile(given, named);
  const list = file === undefined ? named : await fromFile(store, file);
  const bad = list.filter((one) => one.length > MAX_ADDRESS || !Address.safeParse(one).success);
  if (bad.length > 0)
    throw refused(
      `${bad.length} of ${list.length} are no mail addresses, the first is ${JSON.stringify(bad[0]?.slice(0, 100))}`,
    );
  const unique = [...new Map(list.map((one) => [one.toLowerCase(), one])).values()];
  if (unique.length > MAX_RECIPIENTS)
    throw refused(`${unique.length} recipients; at most ${MAX_RECIPIENTS} in one call`);
  return unique;
}

/** The path of a list: one name that ends in .csv, which may hold spaces. */
function csvFile(given: string | readonly string[], named: readonly string[]): string | undefined {
  const only = typeof given === "string" ? given.trim() : named.length === 1 ? named[0] : undefined;
  return only !== undefined && /\.csv$/i.test(only) && !only.includes("@") ? only : undefined;
}

async function fromFile(store: Store, path: string): Promise<string[]> {
  const file = await store.file(path);
  if (file.size > MAX_LIST_BYTES) throw refused(`${path} has ${file.size} bytes; at most ${MAX_LIST_BYTES}`);
  const pieces: string[] = [];
  for await (const piece of (await checkTextFile(file.name, () => file.bytes())).text()) pieces.push(piece);
  const { data, meta } = parse<Record<string, string>>(pieces.join("").replace(/^\uFEFF/, ""), {
    header: true,
    skipEmptyLines: "greedy",
    // One more than is allowed, so that the rest of a long list is not read for nothing.
    preview: MAX_ROWS + 1,
    transformHeader: (header) => header.trim().toLowerCase(),
  });
  if (!meta.fields?.includes("email"))
    throw refused(
      `${path} has the columns ${oneLine((meta.fields ?? []).join(", "), 200) || "(none)"}, and none called email`,
    );
  if (data.length > MAX_ROWS) throw refused(`${path} has more than ${MAX_ROWS} rows`);
  return data.map(({ email }) => email?.trim() ?? "").filter(Boolean);
}

/** Rows of a list, of which some may name the same recipient. */
const MAX_ROWS = 5000;

function refused(got: string): OhmymktError {
  return new OhmymktError(
    "invalid_arguments",
    `audience: expected mail addresses, or a CSV file with a column email; got ${got}`,
    {
      hint: "correct the audience and repeat the call; nothing was sent",
    },
  );
}
