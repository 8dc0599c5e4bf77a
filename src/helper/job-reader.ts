import { z } from "zod";

const Head = z.looseObject({ sizes: z.array(z.int().min(0)).default([]) });

/** Reads a job as `runHelper` sends it: one line of JSON whose `sizes` say how many bytes of each file follow. `gone` resolves when the sender is. */
export async function readJob(
  stream: ReadableStream<Uint8Array>,
): Promise<{ job: unknown; files: Uint8Array[]; gone: Promise<void> }> {
  const reader = stream.getReader();
  const chunks: Uint8Array[] = [];
  const more = async (): Promise<void> => {
    const { done, value } = await reader.read();
    if (done) throw new Error("expected a job, got the end of the input");
    chunks.push(value);
  };
  let bytes = new Uint8Array();
  let end = -1;
  while (end === -1) {
    await more();
    bytes = Buffer.concat(chunks);
    end = bytes.indexOf(10);
  }
  const job: unknown = JSON.parse(new TextDecoder().decode(bytes.subarray(0, end)));
  const { sizes } = Head.parse(job);
  const wanted = end + 1 + sizes.reduce((sum, size) => sum + size, 0);
  for (let have = bytes.length; have < wanted; have += chunks.at(-1)?.length ?? 0) await more();
  bytes = Buffer.concat(chunks);
  let at = end + 1;
  const files = sizes.map((size) => bytes.slice(at, (at += size)));
  return { job, files, gone: drained(() => reader.read()) };
}

async function drained(read: () => Promise<{ done: boolean }>): Promise<void> {
  while (!(await read()).done);
}
