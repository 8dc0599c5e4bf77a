import { z } from "zod";
import type { PayloadMedia } from "../../lib/outbox.ts";
import { ProviderFailure } from "../failure.ts";
import type { Access } from "../provider.ts";
import type { SendTools } from "./adapter.ts";
import { type Api, shaped } from "./api-call.ts";

const CHUNK_BYTES = 1024 * 1024;
/** Looks at a picture that X is still working on, a second or more apart. */
const LOOKS = 20;

const Uploaded = z.looseObject({
  data: z.looseObject({
    id: z.string().regex(/^\d+$/),
    processing_info: z.looseObject({ state: z.string(), check_after_secs: z.number().optional() }).optional(),
  }),
});

/** Uploads pictures with their alt texts by X's chunked upload; returns their ids in order. Nobody sees them before a post names them. */
export async function uploadPictures(
  api: Api,
  at: (path: string, query?: Record<string, string>) => URL,
  media: readonly PayloadMedia[],
  tools: Pick<SendTools, "read">,
  { sleep }: Pick<Access, "sleep">,
): Promise<string[]> {
  const post = async (path: string, json: unknown): Promise<z.infer<typeof Uploaded>["data"]> =>
    shaped(Uploaded, await api({ method: "POST", url: at(path), step: "prepare", json }), "X", "prepare").data;

  const upload = async (file: PayloadMedia): Promise<string> => {
    const bytes = await tools.read(file);
    const { id } = await post("media/upload/initialize", {
      media_type: file.mime,
      media_category: "tweet_image",
      total_bytes: bytes.byteLength,
    });
    for (let index = 0; index * CHUNK_BYTES < bytes.byteLength; index += 1) {
      const body = new FormData();
      body.set("segment_index", String(index));
      body.set("media", new Blob([bytes.slice(index * CHUNK_BYTES, (index + 1) * CHUNK_BYTES)]), "media");
      await api({ method: "POST", url: at(`media/upload/${id}/append`), step: "prepare", body });
    }
    let { processing_info: work } = await post(`media/upload/${id}/finalize`, {});
    for (let look = 0; work && work.state !== "succeeded"; look += 1) {
      if (work.state === "failed") throw new ProviderFailure("rejected", `X cannot read the picture ${file.path}`);
      if (look === LOOKS) throw new ProviderFailure("unavailable", `X is still working on the picture ${file.path}`);
      await sleep((work.check_after_secs ?? 1) * 1000);
      const url = at("media/upload", { command: "STATUS", media_id: id });
      work = shaped(Uploaded, await api({ method: "GET", url, step: "prepare" }), "X", "prepare").data.processing_info;
    }
    if (file.alt !== undefined) {
      const json = { id, metadata: { alt_text: { text: file.alt } } };
      await api({ method: "POST", url: at("media/metadata"), step: "prepare", json });
    }
    return id;
  };

  const ids: string[] = [];
  for (const file of media) ids.push(await upload(file));
  return ids;
}
