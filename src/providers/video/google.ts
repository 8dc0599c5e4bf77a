import { z } from "zod";
import { MEDIA_OPTIONS } from "../media-options.ts";
import { patientFetch, type PatientFetch } from "../patient-fetch.ts";
import { videoPrice } from "../prices.ts";
import type { Access } from "../provider.ts";
import { GOOGLE, GOOGLE_API } from "../services.ts";
import { askWithSdk, startWithSdk, type Locate } from "./sdk-video.ts";
import type { VideoProvider } from "./video-provider.ts";

const Options = z.strictObject({ ...MEDIA_OPTIONS, resolution: z.enum(["720p", "1080p"]).optional() });

export const googleVideos: VideoProvider<z.infer<typeof Options>> = {
  spec: {
    id: "google",
    title: `${GOOGLE.title}, Veo`,
    category: "video",
    aliases: ["veo"],
    secrets: GOOGLE.secrets,
    hosts: GOOGLE.hosts,
    options: Options,
    setup: GOOGLE.setup,
  },
  model: (options) => options.model ?? "veo-3.1-fast-generate-preview",
  usualDuration: () => 8,
  price: ({ model, duration }) => videoPrice("google", model, duration),
  check: (access) => GOOGLE.check(access),
  async start({ model, ...request }, access) {
    const way = patientFetch(access);
    const { resolution } = access.options;
    return startWithSdk(
      {
        model: await videoModel(model, way, access),
        way,
        request,
        ...(resolution === undefined ? {} : { providerOptions: { google: { resolution } } }),
      },
      access,
    );
  },
  async ask(operation, model, access) {
    const way = patientFetch(access);
    return askWithSdk({ model: await videoModel(model, way, access), way, operation, locate: withKey(access) }, access);
  },
};

const Files = z.object({ google: z.object({ videos: z.array(z.object({ uri: z.string() })).min(1) }) });

/** The SDK writes the key into the address; in a header it stays out of every log, and is dropped at a redirect to another host. */
function withKey(access: Access): Locate {
  return (video, metadata) => {
    const uri = Files.safeParse(metadata).data?.google.videos[0]?.uri;
    const url = uri ?? video.url;
    const own = new URL(url).origin === new URL(GOOGLE_API).origin;
    return { url, headers: own ? { "x-goog-api-key": access.secret("api_key") } : {} };
  };
}

async function videoModel(model: string, way: PatientFetch, access: Access) {
  const { createGoogle } = await import("@ai-sdk/google");
  return createGoogle({ apiKey: access.secret("api_key"), baseURL: GOOGLE_API, fetch: way.fetch }).video(model);
}
