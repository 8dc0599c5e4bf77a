import { rm } from "node:fs/promises";
import { $, type BunPlugin } from "bun";

/** Modules whose exports are plain data: the bundle carries the values instead of the code that computes them. */
const FROZEN = /src\/(package-files|tools\/ohmymkt\/catalog|features\/claude-code-agent-loader\/shipped)\.ts$/;

const freeze: BunPlugin = {
  name: "freeze",
  setup(build) {
    build.onLoad({ filter: FROZEN }, async ({ path }) => {
      const module: unknown = await import(path);
      const values = Object.entries<unknown>({ ...(typeof module === "object" ? module : {}) });
      return {
        loader: "js",
        contents: values.map(([name, value]) => `export const ${name} = ${JSON.stringify(value)};`).join("\n"),
      };
    });
  },
};

/** Licences that ask to travel with what the package draws reports with; the rasterizer's package carries its name only. */
async function licences(): Promise<string> {
  const texts = ["dejavu-fonts-ttf", "vega", "vega-lite"].map(
    async (name) => `${name}\n\n${await Bun.file(`node_modules/${name}/LICENSE`).text()}`,
  );
  const rasterizer = "@resvg/resvg-wasm\n\nMozilla Public License 2.0, source at https://github.com/yisibl/resvg-js\n";
  return [...(await Promise.all(texts)), rasterizer].join(`\n${"-".repeat(72)}\n\n`);
}

/** Bundles the plugin, the library and the command into dist/, with everything they need, and writes the types. */
const root = new URL("..", import.meta.url).pathname;
process.chdir(root);
await rm("dist", { recursive: true, force: true });
const { outputs } = await Bun.build({
  // draw.ts and import.ts are programs of their own, which src/helper/program.ts starts.
  entrypoints: ["src/index.ts", "src/library.ts", "src/cli.ts", "src/draw.ts", "src/draw-report.ts", "src/import.ts"],
  outdir: "dist",
  target: "bun",
  splitting: true,
  plugins: [freeze],
  minify: { whitespace: true, syntax: true },
  naming: { chunk: "chunks/[name]-[hash].[ext]", asset: "files/[name]-[hash].[ext]" },
});
await Bun.write("dist/files/LICENSES.txt", await licences());
await $`bun x tsc -p tsconfig.build.json`;
const bytes = outputs.reduce((sum, output) => sum + output.size, 0);
console.log(`dist: ${outputs.length} files, ${Math.round(bytes / 1024)} KiB`);
