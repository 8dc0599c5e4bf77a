import { z } from "zod";
import { defineDocument } from "./documents.ts";
import { JsonObject } from "./json.ts";

/** What a provider is for. */
export const PROVIDER_CATEGORIES = ["image", "video", "video_template", "publish"] as const;
export type ProviderCategory = (typeof PROVIDER_CATEGORIES)[number];

/** What was found when a provider was last looked at; `configured` means that its settings and variables are there. */
export const PROVIDER_STATUSES = ["configured", "missing", "unreachable", "unauthorised", "quota"] as const;
export type ProviderStatus = (typeof PROVIDER_STATUSES)[number];

/** The settings of one provider: names and addresses, never keys. */
export const ProviderSetting = z.strictObject({
  /** The environment variable that holds the key, one of those that the provider accepts. */
  api_key_env: z.string().optional(),
  /** Address of a self-hosted server; counts only as a person approved it. */
  url: z.string().optional(),
  /** Folder of a Remotion project, relative to the project. */
  project_path: z.string().optional(),
  /** Typed by the provider. */
  options: JsonObject.default({}),
});
export type ProviderSetting = z.infer<typeof ProviderSetting>;

const Settings = z.record(z.string(), ProviderSetting).default({});

/** providers.json: which provider a category uses, and the settings of each by its id. */
export const ProvidersFile = z.strictObject({
  schema_version: z.literal(1),
  use: z.partialRecord(z.enum(["image", "video", "video_template"]), z.string()).default({}),
  image: Settings,
  video: Settings,
  video_template: Settings,
  publish: Settings,
});
export type ProvidersFile = z.infer<typeof ProvidersFile>;

export const PROVIDERS_DOCUMENT = defineDocument({
  name: "provider settings",
  path: "providers.json",
  schema: ProvidersFile,
});

/** The ledger kind of a setting that a tool made; its subject is "<category>/<provider>", its `after` the setting. A setting counts only as it was recorded last. */
export const PROVIDER_SET = "provider.set";
