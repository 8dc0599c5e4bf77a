/** What programs need of an environment to be found, to find their libraries and to put temporary files; no other variable is handed on, so no key is. */
const NEEDED = [
  "PATH",
  "HOME",
  "TMPDIR",
  "TEMP",
  "TMP",
  "LANG",
  "LD_LIBRARY_PATH",
  "SystemRoot",
  "SYSTEMROOT",
  "USERPROFILE",
  "LOCALAPPDATA",
  "APPDATA",
  "PATHEXT",
] as const;

export function programEnv(env: Readonly<Record<string, string | undefined>>): Record<string, string> {
  return Object.fromEntries(
    NEEDED.flatMap((name) => {
      const value = env[name];
      return value === undefined ? [] : [[name, value]];
    }),
  );
}
