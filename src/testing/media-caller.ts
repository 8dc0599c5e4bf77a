import { throughWire } from "./wire-world.ts";
import { toolBench } from "./tool-bench.ts";

/** A process that makes one call and may be killed at it: project, port of the wire server, variable and value of the key, tool, arguments as JSON. */
const [directory = "", port = "", variable = "", key = "", tool = "", args = "{}"] = process.argv.slice(2);
const bench = toolBench({ directory });
bench.world = {
  ...bench.world,
  ...throughWire(Number(port)),
  env: { [variable]: key },
  owner: { pid: process.pid, boot: `boot-${process.pid}` },
};
const { text } = await bench.call(tool, JSON.parse(args), "anyone");
console.log(text);
