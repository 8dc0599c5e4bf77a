import { join } from "node:path";
import { remotion } from "../src/providers/video-template/remotion.ts";
import { worstLag } from "../src/testing/loop-lag.ts";
import { makeWorkspace } from "../src/testing/temp-workspace.ts";

/** Renders 3 s with the real Remotion, installed by npm into a temporary folder (200 MB), and a chromium of this machine; prints what came of it. */
const VERSION = "4.0.529";
const PACKAGES = ["remotion", "@remotion/renderer", "@remotion/bundler"].map((name) => `${name}@${VERSION}`);

using workspace = makeWorkspace({
  files: {
    "film/package.json": "{}",
    "film/src/index.ts":
      'import { registerRoot } from "remotion";\nimport { Root } from "./root";\nregisterRoot(Root);\n',
    "film/src/root.tsx": `import React from "react";
import { AbsoluteFill, Composition, useCurrentFrame } from "remotion";
const Hello = ({ title }: { title: string }) => (
  <AbsoluteFill style={{ background: "#14141f", color: "white", fontSize: 90, placeContent: "center", opacity: useCurrentFrame() / 30 }}>{title}</AbsoluteFill>
);
export const Root = () => <Composition id="Hello" component={Hello} width={1280} height={720} fps={30} durationInFrames={90} defaultProps={{ title: "Hi" }} />;
`,
  },
});
const { directory } = workspace;
const place = { directory, projectPath: "film", env: process.env };
const before = await remotion.available(place);
console.log(before.ok ? before.detail : before.message);

run(["npm", "install", "--save-exact", "--silent", ...PACKAGES, "react@19", "react-dom@19"], join(directory, "film"));
console.log(await remotion.available(place));
const { signal } = new AbortController();
console.log(await remotion.templates(place, signal));
const output = join(directory, "film.tmp");
const started = performance.now();
const lag = await worstLag(async () =>
  console.log(
    await remotion.render(
      { template: "Hello", props: { title: "$(id) <b> 你好" }, aspect: "16:9", files: new Map(), output, signal },
      place,
    ),
  ),
);
console.log(
  `rendered in ${((performance.now() - started) / 1000).toFixed(1)} s, event loop blocked for ${lag.toFixed(0)} ms at worst`,
);
console.log(
  run(
    [
      "ffprobe",
      "-v",
      "error",
      "-show_entries",
      "stream=codec_name,pix_fmt,width,height,nb_frames:format=duration",
      "-of",
      "default=nw=1",
      output,
    ],
    directory,
  ),
);

function run(command: string[], cwd: string): string {
  const child = Bun.spawnSync(command, { cwd, stderr: "inherit" });
  if (!child.success) throw new Error(`${command.join(" ")} ended with ${child.exitCode}`);
  return child.stdout.toString();
}
