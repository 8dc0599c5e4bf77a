import { z } from "zod";

/** Prints the microseconds of one durable read-modify-write of a document; `document.ts <library> <directory>`. */
const [library = "", directory = ""] = process.argv.slice(2);
const ROUNDS = 300;
const counter = {
  name: "counter",
  path: "state/counter.json",
  format: "json",
  version: 1,
  migrations: {},
  schema: z.strictObject({ schema_version: z.literal(1), count: z.int() }),
};

const { openStore } = await import(library);
const store = openStore({ directory });
const cause = { actor: { host: "library" }, tool: "benchmark" };
const times: number[] = [];
for (let round = 0; round < ROUNDS; round += 1) {
  const before = performance.now();
  await store.transaction(
    cause,
    async (tx: {
      documents: {
        read(of: unknown): Promise<{ count: number } | undefined>;
        write(of: unknown, value: unknown): Promise<void>;
      };
    }) => {
      const now = await tx.documents.read(counter);
      await tx.documents.write(counter, { schema_version: 1, count: (now?.count ?? 0) + 1 });
    },
  );
  times.push((performance.now() - before) * 1000);
}
await store.close();
console.log(times.toSorted((a, b) => a - b)[ROUNDS / 2]);
