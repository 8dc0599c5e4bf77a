import { serve } from "./helper/serve.ts";

/** A program of its own that draws films, so that everything else stays responsive meanwhile. */
await serve({
  async film(job, files, desk) {
    const { drawFilm } = await import("./providers/video-template/film.ts");
    return drawFilm(job, files, desk);
  },
});
