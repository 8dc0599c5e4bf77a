import { OhmymktError } from "../../errors.ts";
import type { Store } from "../../store/store.ts";

/** A whole file of the project. Throws what `store.file` throws, and `invalid_arguments` above `mostBytes`. */
export async function wholeFile(
  store: Pick<Store, "file">,
  path: string,
  mostBytes: number,
): Promise<{ path: string; bytes: Uint8Array }> {
  const file = await store.file(path);
  if (file.size > mostBytes) {
    throw new OhmymktError(
      "invalid_arguments",
      `expected a file of at most ${mostBytes} bytes, got ${file.size} in ${JSON.stringify(path)}`,
      { hint: "give a smaller one; nothing was made or spent" },
    );
  }
  const pieces: Uint8Array[] = [];
  for await (const piece of file.bytes()) pieces.push(piece);
  return { path: file.path, bytes: Buffer.concat(pieces) };
}
