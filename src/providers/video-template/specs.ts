import { z } from "zod";
import type { ProviderSpec } from "../provider.ts";

const LOCAL = { category: "video_template", secrets: [], hosts: [], options: z.strictObject({}) } as const;

/** The package's own templates; neither needs a key or a network. */
export const BUILTIN_SPEC: ProviderSpec = {
  ...LOCAL,
  id: "builtin",
  title: "Built-in templates",
  setup: "needs ffmpeg on the machine",
};

/** The compositions of a person's own Remotion project. */
export const REMOTION_SPEC: ProviderSpec = {
  ...LOCAL,
  id: "remotion",
  title: "Remotion",
  project: { required: true, example: "video" },
  setup: "needs a Remotion project inside this project; companies over three people need a licence (remotion.dev)",
};
