/** Path of a chromium on this machine: `CHROMIUM` when it is set, else the first known name on the PATH; undefined when there is none. */
export function findChromium(): string | undefined {
  const names = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];
  return process.env["CHROMIUM"] ?? names.map((name) => Bun.which(name)).find((path) => path !== null) ?? undefined;
}
