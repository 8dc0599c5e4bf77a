import { openStore } from "../../../store/open.ts";
import { mediaFile } from "../media.ts";

/** A process that looks at one file of a project, and says by how many bytes its memory grew meanwhile: project, path. */
const [directory = "", path = ""] = process.argv.slice(2);
const store = openStore({ directory });
const start = process.memoryUsage.rss();
let most = start;
const watch = setInterval(() => (most = Math.max(most, process.memoryUsage.rss())), 5);
const { mime, size } = await mediaFile(store, path, []);
clearInterval(watch);
console.log(JSON.stringify({ mime, size, grown: Math.max(most, process.memoryUsage.rss()) - start }));
