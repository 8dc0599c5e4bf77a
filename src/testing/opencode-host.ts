import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs"
import { connect, createServer, type Server } from "node:net"
import { join } from "node:path"
import { z } from "zod"
import { startScriptedModel, type ScriptedModel } from "./scripted-model.ts"
import { makeWorkspace } from "./temp-workspace.ts"

const Part = z.looseObject({
  id: z.string(),
  type: z.string(),
  text: z.string().optional(),
  synthetic: z.boolean().optional(),
  tool: z.string().optional(),
  callID: z.string().optional(),
  state: z
    .looseObject({
      status: z.string(),
      input: z.unknown(),
      output: z.string().optional(),
      error: z.string().optional(),
      title: z.string().optional(),
      metadata: z.unknown(),
    })
    .optional(),
})
const MessageInfo = z.looseObject({
  id: z.string(),
  role: z.string(),
  sessionID: z.string(),
  parentID: z.string().optional(),
  agent: z.string().optional(),
  summary: z.unknown(),
  error: z
    .looseObject({ name: z.string(), data: z.looseObject({ message: z.string().optional() }).optional() })
    .optional(),
})
const Message = z.object({ info: MessageInfo, parts: z.array(Part) })
const Session = z.looseObject({ id: z.string(), title: z.string().optional(), parentID: z.string().optional() })
const Agent = z.looseObject({ name: z.string(), mode: z.string(), description: z.string().optional() })
const Tool = z.looseObject({ id: z.string(), description: z.string(), parameters: z.unknown() })
const PermissionRequest = z.looseObject({
  id: z.string(),
  sessionID: z.string(),
  permission: z.string(),
  patterns: z.array(z.string()),
  always: z.array(z.string()),
  metadata: z.record(z.string(), z.unknown()),
  tool: z.looseObject({ messageID: z.string(), callID: z.string() }).optional(),
})

export type HostPart = z.infer<typeof Part>
export type HostMessageInfo = z.infer<typeof MessageInfo>
export type HostMessage = z.infer<typeof Message>
export type HostSession = z.infer<typeof Session>
export type HostAgent = z.infer<typeof Agent>
export type HostTool = z.infer<typeof Tool>
export type PermissionRequest = z.infer<typeof PermissionRequest>
/** A plugin spec as in `opencode.json`: a spec, or a spec with options. */
export type PluginSpec = string | [spec: string, options: Record<string, unknown>]
export type PermissionDecision = "once" | "reject" | { reject: string }

export interface HostOptions {
  /** Absolute project directory; the host works in it and `.opencode/` is prepared in it. */
  directory: string
  plugin?: string | PluginSpec[]
  /** Merged deeply over the harness's global opencode.json (arrays replace). */
  config?: Record<string, unknown>
  /** Shared between hosts if given; otherwise the host owns one and stops it. */
  model?: ScriptedModel
  /** Added to the host's otherwise clean environment. */
  env?: Record<string, string>
  /** "none" cuts the host off from all but loopback, by a namespace where the system allows it, else as "proxy"; see `OpencodeHost.network`. */
  network?: "open" | "none" | "proxy"
  /** Loopback ports of the test process that a host without network must still reach (wire fakes). */
  reach?: number[]
  /** An existing host home to start on, for restarts; it is then left in place by `stop`. */
  home?: string
  startTimeoutMs?: number
}

export interface PromptOptions {
  agent?: string
  timeoutMs?: number
}

/** One finished turn: text of the last assistant message, parts of all assistant messages of the turn in order. */
export interface Turn {
  text: string
  parts: HostPart[]
  info: HostMessageInfo
  /** Message of the provider or host error that ended the turn. */
  error: string | undefined
}

export interface OpencodeHost extends AsyncDisposable {
  readonly url: string
  /** HOME of the host; XDG directories are `config`, `data`, `state`, `cache` in it. */
  readonly home: string
  readonly model: ScriptedModel
  /** How outside traffic is stopped: a network namespace with loopback only, refused proxies (clients that honour them), or not. */
  readonly network: "open" | "namespace" | "proxy"
  /** The host's log file followed by what the process printed. */
  log(): Promise<string>
  session(options?: { title?: string; parentID?: string; directory?: string }): Promise<HostSession>
  prompt(sessionID: string, text: string, options?: PromptOptions): Promise<Turn>
  /** Starts a turn without waiting for it; pair with `idle`. */
  promptAsync(sessionID: string, text: string, options?: PromptOptions): Promise<void>
  /** Waits until the session has no running turn. */
  idle(sessionID: string, timeoutMs?: number): Promise<void>
  messages(sessionID: string): Promise<HostMessage[]>
  children(sessionID: string): Promise<HostSession[]>
  permissions(): Promise<PermissionRequest[]>
  /** With `message`, a rejection reaches the model as feedback and the turn goes on; without, it ends the turn. */
  reply(requestID: string, reply: "once" | "reject", message?: string): Promise<void>
  /** Answers every request with the handler's decision until the returned function is called; a throwing handler rejects with its error text. */
  onPermission(handler: (request: PermissionRequest) => PermissionDecision | Promise<PermissionDecision>): () => void
  agents(): Promise<HostAgent[]>
  tools(provider?: string, model?: string): Promise<HostTool[]>
  abort(sessionID: string): Promise<void>
  summarize(sessionID: string): Promise<void>
  /** Any other route; the answer is the parsed JSON body, or undefined if it is empty. */
  request(method: string, path: string, options?: RequestOptions): Promise<unknown>
  /** SIGKILL, as a crash would; start again on the same data with `home`. */
  crash(): Promise<void>
  /** SIGTERM, after 3 s SIGKILL; then removes the home that was made for this host. */
  stop(): Promise<void>
}

export interface RequestOptions {
  body?: unknown
  query?: Record<string, string>
  timeoutMs?: number
}

/** Path of the installed host binary for this platform; throws, naming what was looked for, when there is none. */
export function opencodeBinary(): string {
  const modules = join(import.meta.dirname, "../../node_modules")
  const windows = process.platform === "win32"
  const base = `opencode-${windows ? "windows" : process.platform}-${process.arch}`
  const musl = existsSync(`/lib/ld-musl-${process.arch === "arm64" ? "aarch64" : "x86_64"}.so.1`)
  const noAvx2 = existsSync("/proc/cpuinfo") && !/\bavx2\b/.test(readFileSync("/proc/cpuinfo", "utf8"))
  const plain = process.arch === "x64" && noAvx2 ? ["-baseline", ""] : ["", "-baseline"]
  const names = plain.map((suffix) => `${base}${suffix}${musl ? "-musl" : ""}`)
  const paths = names.map((name) => join(modules, name, "bin", windows ? "opencode.exe" : "opencode"))
  paths.push(join(modules, ".bin", windows ? "opencode.exe" : "opencode"))
  const found = paths.find((path) => existsSync(path))
  if (!found)
    throw new Error(`Expected an opencode binary at one of:\n${paths.join("\n")}\nInstall the dependencies first.`)
  return found
}

/** Starts `opencode serve` with its own home and environment and a scripted model; throws with the host's output if it does not listen in time. */
export async function startHost(options: HostOptions): Promise<OpencodeHost> {
  const own = options.home === undefined ? makeWorkspace() : undefined
  const home = own?.directory ?? z.string().parse(options.home)
  const model = options.model ?? startScriptedModel()
  const jail = options.network === "none" ? findJail() : undefined
  const network = jail ? "namespace" : (options.network ?? "open") === "open" ? "open" : "proxy"
  const directories = new Map<string, string>()
  const answering = new Set<() => void>()
  const cleanups: (() => unknown)[] = [() => own?.dispose()]
  if (!options.model) cleanups.push(() => model.stop())

  prepareDirectory(join(home, "config/opencode"))
  prepareDirectory(join(options.directory, ".opencode"))
  const config = merge(baseConfig(model, options.plugin), options.config ?? {})
  writeFileSync(join(home, "config/opencode/opencode.json"), JSON.stringify(config, null, 2))

  const env = { ...hostEnv(home, network), ...options.env }
  const child = await launch(options, { home, env, model, jail, cleanups })
  const tail = async (): Promise<string> => {
    const lines = (await log()).trim().split("\n").slice(-25)
    return `Last lines of the host log:\n${lines.map((line) => line.slice(0, 400)).join("\n")}`
  }
  const log = async (): Promise<string> => {
    const file = Bun.file(join(home, "data/opencode/log/opencode.log"))
    return `${(await file.exists()) ? await file.text() : "(no log file)"}\n--- output ---\n${child.output()}`
  }
  const url = child.url

  async function send(method: string, path: string, directory: string, options: RequestOptions): Promise<unknown> {
    const { body, query, timeoutMs = 20_000 } = options
    const target = `${url}${path}?${new URLSearchParams({ directory, ...query }).toString()}`
    try {
      const response = await fetch(target, {
        method,
        keepalive: false,
        signal: AbortSignal.timeout(timeoutMs),
        ...(body === undefined ? {} : { body: JSON.stringify(body), headers: { "content-type": "application/json" } }),
      })
      const text = await response.text()
      if (!response.ok) throw new Error(`got HTTP ${response.status}: ${text.slice(0, 1000)}`)
      return text === "" ? undefined : JSON.parse(text)
    } catch (error) {
      const late = error instanceof DOMException && error.name === "TimeoutError"
      const ended = child.ended()
      const why = ended ?? (late ? `got no answer within ${timeoutMs} ms${await pending()}` : String(error))
      throw new Error(`${method} ${path}: ${why}\n${await tail()}`, { cause: error })
    }
  }

  async function pending(): Promise<string> {
    try {
      const response = await fetch(`${url}/permission`, { keepalive: false, signal: AbortSignal.timeout(1000) })
      const open = z.array(PermissionRequest).parse(await response.json())
      return open.map((item) => `\nwaiting for an answer to permission "${item.permission}" (${item.id})`).join("")
    } catch (error) {
      return ` (pending permissions unknown: ${String(error)})`
    }
  }

  const directoryOf = (id: string): string => directories.get(id) ?? options.directory
  const about = (id: string, method: string, path: string, more: RequestOptions = {}): Promise<unknown> =>
    send(method, `/session/${id}${path}`, directoryOf(id), more)

  const promptBody = (text: string, agent: string | undefined): object => ({
    parts: [{ type: "text", text }],
    ...(agent === undefined ? {} : { agent }),
  })

  const host: OpencodeHost = {
    url,
    home,
    model,
    network,
    log,
    request: (method, path, more = {}) => send(method, path, options.directory, more),
    async session({ title = "harness session", parentID, directory = options.directory } = {}) {
      prepareDirectory(join(directory, ".opencode"))
      const body = parentID === undefined ? { title } : { title, parentID }
      const session = Session.parse(await send("POST", "/session", directory, { body }))
      directories.set(session.id, directory)
      return session
    },
    async prompt(id, text, { agent, timeoutMs = 20_000 } = {}) {
      const last = Message.parse(await about(id, "POST", "/message", { body: promptBody(text, agent), timeoutMs }))
      const turn = (await host.messages(id)).filter(
        ({ info }) => info.role === "assistant" && info.parentID === last.info.parentID,
      )
      const { error } = last.info
      return {
        text: textOf(last.parts),
        parts: turn.flatMap((message) => message.parts),
        info: last.info,
        error: error && (error.data?.message ?? error.name),
      }
    },
    async promptAsync(id, text, { agent, timeoutMs = 20_000 } = {}) {
      await about(id, "POST", "/prompt_async", { body: promptBody(text, agent), timeoutMs })
    },
    async idle(id, timeoutMs = 20_000) {
      const end = Date.now() + timeoutMs
      for (;;) {
        const status = z
          .record(z.string(), z.unknown())
          .parse(await send("GET", "/session/status", directoryOf(id), {}))
        if (!(id in status)) return
        if (Date.now() > end) {
          throw new Error(`Session ${id} still runs after ${timeoutMs} ms${await pending()}\n${await tail()}`)
        }
        await Bun.sleep(30)
      }
    },
    messages: async (id) => z.array(Message).parse(await about(id, "GET", "/message")),
    async children(id) {
      const children = z.array(Session).parse(await about(id, "GET", "/children"))
      for (const child of children) directories.set(child.id, directoryOf(id))
      return children
    },
    async permissions() {
      const lists = [options.directory, ...directories.values()].map(async (directory) => {
        const open = z.array(PermissionRequest).parse(await send("GET", "/permission", directory, {}))
        for (const request of open) directories.set(request.id, directory)
        return open
      })
      const byId = new Map((await Promise.all(lists)).flat().map((request) => [request.id, request]))
      return [...byId.values()]
    },
    async reply(id, reply, message) {
      const body = message === undefined ? { reply } : { reply, message }
      await send("POST", `/permission/${id}/reply`, directoryOf(id), { body })
    },
    onPermission(handler) {
      const stop = answer(host, handler, (problem) => child.note(problem))
      answering.add(stop)
      return stop
    },
    agents: async () => z.array(Agent).parse(await host.request("GET", "/agent")),
    tools: async (provider = "scripted", model = "scripted") =>
      z.array(Tool).parse(await host.request("GET", "/experimental/tool", { query: { provider, model } })),
    async abort(id) {
      await about(id, "POST", "/abort")
    },
    async summarize(id) {
      await about(id, "POST", "/summarize", { body: { providerID: "scripted", modelID: "scripted" } })
    },
    async crash() {
      for (const stop of answering) stop()
      await child.end("crash")
    },
    async stop() {
      for (const stop of answering) stop()
      await child.end("stop")
      for (const cleanup of cleanups.splice(0).reverse()) await cleanup()
    },
    [Symbol.asyncDispose]: () => host.stop(),
  }
  return host
}

function textOf(parts: HostPart[]): string {
  return parts.flatMap((part) => (part.type === "text" && part.text !== undefined ? [part.text] : [])).join("\n")
}

/** Makes the host believe that its plugin SDK is installed there, so that it asks no registry. */
function prepareDirectory(directory: string): void {
  mkdirSync(join(directory, "node_modules"), { recursive: true })
  const lock = { packages: { "": { dependencies: { "@opencode-ai/plugin": "*" } } } }
  if (!existsSync(join(directory, "package-lock.json")))
    writeFileSync(join(directory, "package-lock.json"), JSON.stringify(lock))
}

function baseConfig(model: ScriptedModel, plugin: HostOptions["plugin"]): Record<string, unknown> {
  const limit = { context: 200_000, output: 8192 }
  return {
    share: "disabled",
    autoupdate: false,
    snapshot: false,
    model: "scripted/scripted",
    small_model: "scripted/scripted",
    permission: { doom_loop: "allow" },
    provider: {
      scripted: {
        npm: "@ai-sdk/openai-compatible",
        name: "Scripted",
        options: { baseURL: model.url, apiKey: "scripted" },
        models: { scripted: { name: "Scripted", tool_call: true, limit } },
      },
    },
    plugin: typeof plugin === "string" ? [plugin] : (plugin ?? []),
  }
}

function merge(base: Record<string, unknown>, over: Record<string, unknown>): Record<string, unknown> {
  const result = { ...base }
  for (const [key, value] of Object.entries(over)) {
    const below = result[key]
    result[key] = isRecord(below) && isRecord(value) ? merge(below, value) : value
  }
  return result
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value)
}

function hostEnv(home: string, network: "open" | "namespace" | "proxy"): Record<string, string> {
  const env: Record<string, string> = { HOME: home, USERPROFILE: home, OPENCODE_TEST_HOME: home }
  for (const key of ["PATH", "LANG", "TERM", "TMPDIR", "TEMP", "TMP", "TZ", "SystemRoot", "ComSpec", "PATHEXT"]) {
    const value = process.env[key]
    if (value) env[key] = value
  }
  for (const kind of ["config", "data", "state", "cache"]) env[`XDG_${kind.toUpperCase()}_HOME`] = join(home, kind)
  const off = ["MODELS_FETCH", "AUTOUPDATE", "LSP_DOWNLOAD", "SHARE", "DEFAULT_PLUGINS", "CLAUDE_CODE"]
  for (const name of off) env[`OPENCODE_DISABLE_${name}`] = "1"
  if (network !== "proxy") return env
  const refused = "http://127.0.0.1:1"
  for (const key of ["HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"]) env[key] = env[key.toLowerCase()] = refused
  return { ...env, NO_PROXY: "127.0.0.1,localhost", no_proxy: "127.0.0.1,localhost", npm_config_registry: refused }
}

interface Child {
  url: string
  /** Why the process is gone, or undefined while it runs. */
  ended(): string | undefined
  output(): string
  note(line: string): void
  end(how: Ending): Promise<void>
}

interface Surroundings {
  home: string
  env: Record<string, string>
  model: ScriptedModel
  jail: string[] | undefined
  cleanups: (() => unknown)[]
}

async function launch(options: HostOptions, { home, env, model, jail, cleanups }: Surroundings): Promise<Child> {
  // Not in the home: a crashed predecessor on the same home leaves its sockets behind.
  const sockets = jail && makeWorkspace()
  cleanups.push(() => sockets?.dispose())
  const socketPath = (name: string | number): string => join(sockets?.directory ?? home, `${name}.sock`)
  const socket = socketPath("host")
  const ports = jail ? [model.port, ...(options.reach ?? [])] : []
  for (const port of ports)
    cleanups.push(closer(await forward({ path: socketPath(port) }, { port })))
  const plan: Plan = {
    command: [opencodeBinary(), "serve", "--hostname", "127.0.0.1", "--port", jail ? String(JAIL_PORT) : "0"],
    directory: options.directory,
    forwards: [
      ...ports.map((port) => ({ from: { port }, to: { path: socketPath(port) } })),
      ...(jail ? [{ from: { path: socket }, to: { port: JAIL_PORT } }] : []),
    ],
  }
  const bun = process.env["BUN_BE_BUN"] ? { BUN_BE_BUN: "1" } : {}
  const child = Bun.spawn([...(jail ?? []), process.execPath, import.meta.path, JSON.stringify(plan)], {
    cwd: home,
    env: { ...env, ...bun },
    stdin: "pipe",
    stdout: "pipe",
    stderr: "pipe",
    detached: process.platform !== "win32",
  })
  let output = ""
  const listening = Promise.withResolvers<string>()
  const collect = async (stream: ReadableStream<Uint8Array>): Promise<void> => {
    const decoder = new TextDecoder()
    for await (const chunk of stream) {
      output = (output + decoder.decode(chunk, { stream: true })).slice(-100_000)
      const found = /listening on (http:\S+)\s/.exec(output)
      if (found?.[1]) listening.resolve(found[1])
    }
  }
  const reading = Promise.all([collect(child.stdout), collect(child.stderr)])
  // Also when something else ends the supervisor, as "bun test" does after a test's time limit.
  const gone = child.exited.then(() => killGroup(child.pid))
  const end = async (how: Ending): Promise<void> => {
    // By way of the supervisor, which reaps the host; killing both at once would leave a zombie to init.
    if (child.exitCode === null && child.signalCode === null) {
      await child.stdin.write(how)
      await child.stdin.end()
    }
    if ((await within(child.exited, 3000)) === undefined) killGroup(child.pid)
    await gone
    await reading
  }
  const limit = options.startTimeoutMs ?? 30_000
  try {
    const died = child.exited.then((code) => Promise.reject(new Error(`exited with code ${code}`)))
    const printed = await within(Promise.race([listening.promise, died]), limit)
    if (printed === undefined) throw new Error(`did not listen within ${limit} ms`)
    let url = printed
    if (jail) {
      const server = await forward({ port: 0 }, { path: socket })
      cleanups.push(closer(server))
      url = `http://127.0.0.1:${z.object({ port: z.int() }).parse(server.address()).port}`
    }
    const ended = (): string | undefined => {
      if (child.exitCode === null && child.signalCode === null) return undefined
      if (child.signalCode === null) return `the host process has ended with exit code ${child.exitCode}`
      return `the host process was ended by ${child.signalCode}; "bun test" does that when a test exceeds its time limit: keep that limit above the harness's`
    }
    return { url, ended, output: () => output, note: (line) => (output += `${line}\n`), end }
  } catch (error) {
    await end("crash")
    for (const cleanup of cleanups.splice(0).reverse()) await cleanup()
    throw new Error(`Expected "opencode serve" to start, but: ${String(error)}. Its output:\n${output}`, {
      cause: error,
    })
  }
}

/** The promise's value, or undefined after `ms`; leaves no timer behind. */
async function within<T>(promise: Promise<T>, ms: number): Promise<T | undefined> {
  const late = Promise.withResolvers<undefined>()
  const timer = setTimeout(() => late.resolve(undefined), ms)
  try {
    return await Promise.race([promise, late.promise])
  } finally {
    clearTimeout(timer)
  }
}

function killGroup(pid: number): void {
  try {
    process.kill(process.platform === "win32" ? pid : -pid, "SIGKILL")
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "ESRCH")) throw error
  }
}

function answer(
  host: OpencodeHost,
  handler: (request: PermissionRequest) => PermissionDecision | Promise<PermissionDecision>,
  note: (problem: string) => void,
): () => void {
  let running = true
  const decide = async (request: PermissionRequest): Promise<void> => {
    let decision: PermissionDecision
    try {
      decision = await handler(request)
    } catch (error) {
      decision = { reject: `permission handler failed: ${String(error)}` }
    }
    if (typeof decision === "string") await host.reply(request.id, decision)
    else await host.reply(request.id, "reject", decision.reject)
  }
  const loop = async (): Promise<void> => {
    while (running) {
      try {
        for (const request of await host.permissions()) if (running) await decide(request)
      } catch (error) {
        if (running) note(`onPermission: ${String(error)}`)
      }
      await Bun.sleep(40)
    }
  }
  void loop()
  return () => {
    running = false
  }
}

/** Command prefix that runs what follows with loopback only, or undefined where the system does not allow it. */
function findJail(): string[] | undefined {
  if (process.platform !== "linux" || !Bun.which("unshare") || !Bun.which("ip")) return undefined
  for (const flag of ["-n", "-rn"]) {
    const tried = Bun.spawnSync(["unshare", flag, "ip", "link", "set", "lo", "up"], { timeout: 5000 })
    if (tried.success) return ["unshare", flag, "sh", "-c", 'ip link set lo up && exec "$@"', "sh"]
  }
  return undefined
}

/** Port of the host inside its own namespace, where nothing else can hold it. */
const JAIL_PORT = 4096

/** What the test process writes to the supervisor; its mere end means "stop". */
type Ending = "stop" | "crash"

type Endpoint = { port: number } | { path: string }

interface Plan {
  command: string[]
  directory: string
  forwards: { from: Endpoint; to: Endpoint }[]
}

/** Copies bytes both ways; unix sockets cross network namespaces, TCP does not. */
async function forward(from: Endpoint, to: Endpoint): Promise<Server> {
  const server = createServer((near) => {
    const far = connect("port" in to ? { port: to.port, host: "127.0.0.1" } : to)
    near.on("error", () => far.destroy()).on("close", () => far.destroy())
    far.on("error", () => near.destroy()).on("close", () => near.destroy())
    near.pipe(far)
    far.pipe(near)
  })
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  server.once("error", reject)
  server.listen("port" in from ? { port: from.port, host: "127.0.0.1" } : from, resolve)
  await promise
  return server
}

function closer(server: Server): () => void {
  return () => server.close()
}

/** Runs beside the host, inside its namespace: forwards ports, and ends the host when the test process goes away. */
async function supervise(plan: Plan): Promise<void> {
  for (const { from, to } of plan.forwards) await forward(from, to)
  const { BUN_BE_BUN: _, ...env } = process.env
  const host = Bun.spawn(plan.command, {
    cwd: plan.directory,
    env,
    stdin: "ignore",
    stdout: "inherit",
    stderr: "inherit",
  })
  const end = (): void => {
    host.kill("SIGTERM")
    setTimeout(() => host.kill("SIGKILL"), 2000).unref()
  }
  process.stdin.on("data", (word) => (word.toString() === ("crash" satisfies Ending) ? host.kill("SIGKILL") : end()))
  process.stdin.on("end", end).on("error", end)
  process.exit(await host.exited)
}

if (import.meta.main) await supervise(JSON.parse(z.string().parse(process.argv[2])))
