import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

/** Writes a project whose Remotion packages are a few lines: they note down what they are called with in calls.json, and "render" a short text. */
export function fakeRemotion(folder: string, versions: Partial<Record<string, string>> = {}): void {
  const write = (path: string, text: string): void => {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  };
  write("package.json", "{}");
  write("src/index.ts", "// the entry of the project");
  const packages = {
    remotion: "",
    "@remotion/bundler": `exports.bundle = async (options) => { note("bundle", options); return "http://bundle"; };`,
    "@remotion/renderer": `
      const composition = { id: "Launch", width: 1920, height: 1080, fps: 25, durationInFrames: 100, defaultProps: { title: "Hi" } };
      exports.getCompositions = async (url, options) => { note("getCompositions", { url, ...options }); return [composition]; };
      exports.selectComposition = async (options) => { note("selectComposition", options); return { ...composition, props: options.inputProps }; };
      exports.makeCancelSignal = () => { let cancel; const gone = new Promise((resolve) => (cancel = resolve)); return { cancelSignal: (listener) => gone.then(listener), cancel }; };
      exports.renderMedia = async (options) => {
        note("renderMedia", options);
        options.onProgress({ renderedFrames: 7 });
        if (options.inputProps.hang) await new Promise((_, reject) => options.cancelSignal(() => { note("cancelled", {}); reject(new Error("cancelled")); }));
        if (options.inputProps.fail) throw new Error("the composition threw");
        require("node:fs").writeFileSync(options.outputLocation, "film");
      };`,
  };
  const note = `const note = (name, options) => require("node:fs").appendFileSync(${JSON.stringify(join(folder, "calls.jsonl"))}, JSON.stringify([name, options, Object.keys(process.env)]) + "\\n");\n`;
  for (const [name, code] of Object.entries(packages)) {
    const version = name in versions ? versions[name] : "4.0.529";
    if (version === undefined) continue;
    write(`node_modules/${name}/package.json`, JSON.stringify({ name, version, main: "index.js" }));
    write(`node_modules/${name}/index.js`, note + code);
  }
}
