import { Readable } from "node:stream";
import { createBrotliDecompress, createGunzip, createInflate } from "node:zlib";
import { ProviderFailure, type FailureKind } from "./failure.ts";

/** Content codings that are read; a server is asked to use none. */
const DECODERS = {
  gzip: createGunzip,
  "x-gzip": createGunzip,
  deflate: createInflate,
  br: createBrotliDecompress,
} as const;

export interface Bounds {
  url: URL;
  /** Bytes after decoding. */
  maxBytes: number;
  /** What an answer that is too long means: for a mere download that it is refused, else that nobody knows what was done. */
  tooLong: FailureKind;
  redact: (text: string) => string;
}

/**
 * The response with a body that is decoded here, piece by piece, so that a small answer that unpacks to a huge one is stopped before it fills the memory.
 * `response` must not have been decoded. Throws, also while the body is read, `tooLong`, or `uncertain` when the answer breaks off.
 */
export function boundedResponse(response: Response, bounds: Bounds): Response {
  const { url, maxBytes, tooLong } = bounds;
  const stated = Number(response.headers.get("content-length") ?? 0);
  if (stated > maxBytes) {
    void response.body?.cancel().catch(() => undefined);
    throw new ProviderFailure(tooLong, `${url.host} answers with ${stated} bytes, more than ${maxBytes}`);
  }
  const { status, statusText } = response;
  const headers = new Headers(response.headers);
  headers.delete("content-encoding");
  const bodyless = !response.body || status === 204 || status === 205 || status === 304;
  const body = bodyless ? null : bounded(decoded(response, url), bounds);
  if (headers.has("content-length") && response.headers.has("content-encoding")) headers.delete("content-length");
  // A response that is made by hand has no address of its own.
  return Object.defineProperty(new Response(body, { status, statusText, headers }), "url", { value: url.href });
}

function decoded(response: Response, url: URL): AsyncIterator<Uint8Array> {
  const codings = (response.headers.get("content-encoding") ?? "")
    .split(",")
    .map((coding) => coding.trim().toLowerCase())
    .filter((coding) => coding !== "" && coding !== "identity");
  const [coding, ...more] = codings;
  const source = piecesOf(response);
  if (coding === undefined) return source;
  if (more.length > 0 || !isKnown(coding)) {
    void source.return?.();
    throw new ProviderFailure("uncertain", `${url.host} answers in an encoding that is not read here`);
  }
  const raw = Readable.from({ [Symbol.asyncIterator]: () => source }, { objectMode: false });
  const decoder = DECODERS[coding]();
  raw.on("error", (error) => decoder.destroy(error));
  const iterator: AsyncIterator<Uint8Array> = raw.pipe(decoder)[Symbol.asyncIterator]();
  return {
    next: () => iterator.next(),
    return: async () => {
      raw.destroy();
      decoder.destroy();
      return { done: true, value: undefined };
    },
  };
}

function isKnown(coding: string): coding is keyof typeof DECODERS {
  return Object.hasOwn(DECODERS, coding);
}

/** The body's pieces; a response always gives bytes. */
function piecesOf(response: Response): AsyncIterator<Uint8Array> {
  const body: ReadableStream<Uint8Array> | null = response.body;
  const reader = body?.getReader();
  return {
    async next() {
      const piece = await reader?.read();
      return piece === undefined || piece.done ? { done: true, value: undefined } : { done: false, value: piece.value };
    },
    async return() {
      await reader?.cancel().catch(() => undefined);
      return { done: true, value: undefined };
    },
  };
}

function bounded(pieces: AsyncIterator<Uint8Array>, { url, maxBytes, tooLong, redact }: Bounds): ReadableStream {
  let seen = 0;
  return new ReadableStream<Uint8Array>({
    async pull(controller) {
      try {
        const piece = await pieces.next();
        if (piece.done) return controller.close();
        seen += piece.value.byteLength;
        if (seen > maxBytes) throw new ProviderFailure(tooLong, `${url.host} answers with more than ${maxBytes} bytes`);
        controller.enqueue(piece.value);
      } catch (error) {
        void pieces.return?.();
        controller.error(error instanceof ProviderFailure ? error : brokenOff(error, url, redact));
      }
    },
    async cancel() {
      await pieces.return?.();
    },
  });
}

function brokenOff(error: unknown, url: URL, redact: (text: string) => string): ProviderFailure {
  const message = error instanceof Error ? error.message : String(error);
  return new ProviderFailure("uncertain", redact(`the answer of ${url.host} broke off: ${message}`));
}
