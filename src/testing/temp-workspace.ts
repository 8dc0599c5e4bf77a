import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

/** A throw-away project directory (real path, no symlinks); `dispose` removes it with everything inside. */
export interface Workspace extends Disposable {
  readonly directory: string;
  dispose(): void;
}

export interface WorkspaceOptions {
  /** Make it a git repository with one empty commit; the host calls a project without commits "global". */
  git?: boolean;
  /** Files to write first: relative path → content. */
  files?: Record<string, string>;
}

/** Creates a temporary project directory; throws when git is asked for and fails. */
export function makeWorkspace(options: WorkspaceOptions = {}): Workspace {
  const directory = realpathSync(mkdtempSync(join(tmpdir(), "ohmymkt-")));
  const dispose = (): void => rmSync(directory, { recursive: true, force: true, maxRetries: 5, retryDelay: 50 });
  try {
    for (const [path, content] of Object.entries(options.files ?? {})) {
      mkdirSync(dirname(join(directory, path)), { recursive: true });
      writeFileSync(join(directory, path), content);
    }
    if (options.git) initGit(directory);
  } catch (error) {
    dispose();
    throw error;
  }
  return { directory, dispose, [Symbol.dispose]: dispose };
}

/** Runs `use` in a fresh workspace and removes it afterwards, also when `use` throws. */
export async function withWorkspace<T>(
  use: (directory: string) => T | Promise<T>,
  options: WorkspaceOptions = {},
): Promise<T> {
  using workspace = makeWorkspace(options);
  return await use(workspace.directory);
}

function initGit(directory: string): void {
  const identity = ["-c", "user.name=Test", "-c", "user.email=test@example.invalid", "-c", "commit.gpgsign=false"];
  const commands = [
    ["git", "init", "--quiet"],
    ["git", ...identity, "commit", "--quiet", "--allow-empty", "--no-verify", "--message", "start"],
  ];
  for (const command of commands) {
    const run = Bun.spawnSync(command, { cwd: directory, timeout: 10_000 });
    if (run.success) continue;
    throw new Error(`Expected "${command.join(" ")}" to succeed in a test workspace, got: ${run.stderr.toString()}`);
  }
}
