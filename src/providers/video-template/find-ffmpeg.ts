import { lastLines } from "../../helper/helper-process.ts";
import { programEnv } from "../../helper/program-env.ts";

/** Names or gives the path of the ffmpeg to use. */
export const FFMPEG_ENV = "OHMYMKT_FFMPEG";
const INSTALL =
  "Next: install it with `apt-get install ffmpeg` (Debian, Ubuntu), `brew install ffmpeg` (macOS) or `winget install Gyan.FFmpeg` (Windows), " +
  `or set ${FFMPEG_ENV} to its path; then make the call again`;
const PATIENCE_MS = 10_000;

/** The ffmpeg of this machine, if it runs and can write H.264. */
export async function findEncoder(
  env: Readonly<Record<string, string | undefined>>,
): Promise<{ ok: true; path: string } | { ok: false; message: string }> {
  const named = env[FFMPEG_ENV];
  const path = Bun.which(named ?? "ffmpeg", { PATH: env["PATH"] ?? "" });
  if (path === null) {
    const where =
      named === undefined
        ? "expected ffmpeg on the PATH, found none"
        : `expected ffmpeg at ${FFMPEG_ENV}=${named}, found no program there`;
    return { ok: false, message: `${where}. ${INSTALL}` };
  }
  const child = Bun.spawn([path, "-hide_banner", "-h", "encoder=libx264"], {
    env: programEnv(env),
    stdin: "ignore",
    stdout: "pipe",
    stderr: "pipe",
    timeout: PATIENCE_MS,
    killSignal: "SIGKILL",
    windowsHide: true,
  });
  const [out, err] = await Promise.all([child.stdout.text(), child.stderr.text(), child.exited]);
  if (/^Encoder libx264/m.test(out)) return { ok: true, path };
  const said = lastLines(`${out}\n${err}`, 3);
  return { ok: false, message: `expected an ffmpeg with libx264 at ${path}, got: ${said || "nothing"}. ${INSTALL}` };
}
