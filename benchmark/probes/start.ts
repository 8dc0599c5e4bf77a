/** Prints the milliseconds that a plugin takes from `import` to the end of its config hook; `start.ts <entry> <directory>`. */
const [entry = "", directory = ""] = process.argv.slice(2);
const client = { app: { log: async () => ({}) } };
const before = performance.now();
const { default: plugin } = await import(entry);
const hooks = await plugin.server({ client, directory, worktree: directory });
await hooks.config?.({});
console.log(performance.now() - before);
