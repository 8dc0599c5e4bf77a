import { serve } from "./helper/serve.ts";

/** A program of its own that imports, so that everything else stays responsive meanwhile. */
await serve({
  async metrics(job, _files, desk) {
    const { importHere } = await import("./features/measurement/import-aside.ts");
    return importHere(job, desk);
  },
});
