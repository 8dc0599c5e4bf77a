import { serve } from "./helper/serve.ts";

/** A program of its own that imports, so that everything else stays responsive meanwhile. */
await serve({
  async metrics(job, _files, desk) {
    const [{ importHere }, { openStore }] = await Promise.all([
      import("./features/measurement/import-aside.ts"),
      import("./store/open.ts"),
    ]);
    return importHere(job, desk, openStore);
  },
});
