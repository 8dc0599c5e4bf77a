/** Paths of the ffmpeg and ffprobe on this machine; undefined when one is missing. */
export function findFfmpeg(): { ffmpeg: string; ffprobe: string } | undefined {
  const [ffmpeg, ffprobe] = [process.env["OHMYMKT_FFMPEG"] ?? Bun.which("ffmpeg"), Bun.which("ffprobe")];
  return ffmpeg && ffprobe ? { ffmpeg, ffprobe } : undefined;
}
