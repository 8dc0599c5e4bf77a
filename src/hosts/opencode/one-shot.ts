/** Options of the host before its command that take a value of their own. */
const WITH_VALUE = new Set(["--log-level"]);
/** Commands that answer one prompt and then end the process, running agents included. */
const ONE_SHOT = new Set(["run", "github"]);

/** The host's command from its process arguments (runtime and script first); undefined for the terminal interface in the current folder. */
export function hostCommand(argv: readonly string[]): string | undefined {
  const words = argv.slice(2);
  return words.find((word, at) => !word.startsWith("-") && !WITH_VALUE.has(words[at - 1] ?? ""));
}

/** Whether this process ends with the turn that it was started for, and takes everything in the background with it. */
export function isOneShot(argv: readonly string[]): boolean {
  return ONE_SHOT.has(hostCommand(argv) ?? "");
}
