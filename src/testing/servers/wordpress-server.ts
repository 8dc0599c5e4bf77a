import { cpSync, existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { findMariaDb, startMariaDb } from "./mariadb-server.ts";
import {
  freePort,
  runProgram,
  serverFolder,
  startProcess,
  stopping,
  untilReady,
  type RunningServer,
} from "./server-process.ts";

export interface WordPressServer extends RunningServer {
  url: string;
  username: string;
  /** An application password of that user, who is an administrator. */
  password: string;
  /** One more user with a role such as "contributor". */
  addUser(role: string): Promise<{ username: string; password: string }>;
}

const PACKAGE = "/usr/share/wordpress";

/** What brings everything that this server needs, on Debian. */
export const WORDPRESS_INSTALL =
  "apt-get install --no-install-recommends wordpress php8.2-cli php8.2-mysql php8.2-xml php8.2-gd php8.2-curl php8.2-mbstring mariadb-server";

/** Whether the Debian packages are there. */
export function hasWordPress(): boolean {
  return existsSync(PACKAGE) && Bun.which("php") !== null && findMariaDb() !== undefined;
}

/** Installs Debian's WordPress into a temporary folder, with a database of its own, and serves it on loopback. */
export async function startWordPress(options: { prettyLinks?: boolean } = {}): Promise<WordPressServer> {
  const steps: (() => Promise<void>)[] = [];
  const server = stopping(steps);
  try {
    const folder = serverFolder(steps);
    const database = await startMariaDb(folder);
    steps.push(() => database.stop());
    await database.query("create database wordpress character set utf8mb4");
    const site = join(folder, "site");
    cpSync(PACKAGE, site, { recursive: true, dereference: true, filter: (path) => existsSync(path) });
    for (const name of ["uploads", "upgrade"]) mkdirSync(join(site, "wp-content", name), { recursive: true });
    const port = freePort();
    const url = `http://127.0.0.1:${port}`;
    writeFileSync(join(site, "wp-config.php"), config(url, database.socket));
    const php = (script: string): Promise<string> =>
      runProgram({ command: ["php", "-d", "display_errors=stderr", "-r", script], cwd: site });
    const password = (await php(install(options.prettyLinks === true))).trim();
    const web = startProcess({
      command: ["php", "-d", "upload_max_filesize=20M", "-d", "post_max_size=25M", "-S", `127.0.0.1:${port}`],
      cwd: site,
      env: { PHP_CLI_SERVER_WORKERS: "4" },
    });
    steps.push(() => web.stop());
    await untilReady(web, async () => (await fetch(`${url}/?rest_route=/`)).ok, { name: "WordPress", ms: 20_000 });
    return {
      ...server,
      url,
      username: "admin",
      password,
      addUser: async (role) => ({ username: role, password: (await php(user(role))).trim() }),
    };
  } catch (error) {
    await server.stop();
    throw error;
  }
}

function config(url: string, socket: string): string {
  const values = {
    DB_NAME: "wordpress",
    DB_USER: "root",
    DB_PASSWORD: "",
    DB_HOST: `localhost:${socket}`,
    DB_CHARSET: "utf8mb4",
    WP_HOME: url,
    WP_SITEURL: url,
    // Lets application passwords through over http.
    WP_ENVIRONMENT_TYPE: "local",
    WP_HTTP_BLOCK_EXTERNAL: true,
    DISABLE_WP_CRON: true,
    AUTOMATIC_UPDATER_DISABLED: true,
  };
  const lines = Object.entries(values).map(
    ([name, value]) => `define(${quote(name)}, ${value === true ? "true" : quote(String(value))});`,
  );
  return [
    "<?php",
    ...lines,
    "$table_prefix = 'wp_';",
    "if (!defined('ABSPATH')) define('ABSPATH', __DIR__ . '/');",
    "require_once ABSPATH . 'wp-settings.php';",
  ].join("\n");
}

/** Prints the application password. */
function install(prettyLinks: boolean): string {
  return [
    "define('WP_INSTALLING', true);",
    "$_SERVER['HTTP_HOST'] = 'localhost';",
    "require 'wp-load.php';",
    "require 'wp-admin/includes/upgrade.php';",
    // No mail about the new site.
    "if (!function_exists('wp_mail')) { function wp_mail() { return true; } }",
    "wp_install('Test site', 'admin', 'admin@example.invalid', true, '', wp_generate_password());",
    `update_option('permalink_structure', ${quote(prettyLinks ? "/%postname%/" : "")});`,
    "echo WP_Application_Passwords::create_new_application_password(1, ['name' => 'test'])[0];",
  ].join("\n");
}

function user(role: string): string {
  return [
    "$_SERVER['HTTP_HOST'] = 'localhost';",
    "require 'wp-load.php';",
    `$id = wp_insert_user(['user_login' => ${quote(role)}, 'user_pass' => wp_generate_password(), 'role' => ${quote(role)}]);`,
    "echo WP_Application_Passwords::create_new_application_password($id, ['name' => 'test'])[0];",
  ].join("\n");
}

function quote(text: string): string {
  return `'${text.replace(/[\\']/g, "\\$&")}'`;
}
