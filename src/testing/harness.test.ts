import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { z } from "zod";
import type { HostPart } from "./host-wire.ts";
import { startHost, type OpencodeHost, type Turn } from "./opencode-host.ts";
import { packPlugin } from "./pack.ts";
import { script, startScriptedModel, type RecordedRequest, type ScriptedModel } from "./scripted-model.ts";
import type { ScriptStep } from "./script-step.ts";
import { makeWorkspace, withWorkspace } from "./temp-workspace.ts";

setDefaultTimeout(90_000);

const PLUGIN = `
import { networkInterfaces } from "node:os"
const text = { type: "string", description: "any text" }
export default {
  id: "scratch",
  server: async () => ({
    tool: {
      scratch_echo: {
        description: "Echoes.",
        args: { text },
        execute: async (args) => "echo:" + args.text + " id=apr_" + args.text.length + "x",
      },
      scratch_gate: {
        description: "Asks first.",
        args: { text },
        execute: async (args, ctx) => {
          await ctx.ask({ permission: "approve " + args.text, patterns: [args.text], always: [], metadata: { why: "test" } })
          return "approved:" + args.text
        },
      },
      scratch_net: {
        description: "Looks outside.",
        args: { text },
        execute: async (args) => {
          const reached = await fetch(args.text, { signal: AbortSignal.timeout(3000) }).then(() => "yes", (error) => error.code)
          return JSON.stringify({ devices: Object.keys(networkInterfaces()), reached })
        },
      },
      scratch_fail: { description: "Fails.", args: {}, execute: async () => { throw new Error("expected 3, got 4, try 3") } },
    },
  }),
}
`;

const workspace = makeWorkspace({ git: true });
const source = makeWorkspace({
  files: {
    "package.json": JSON.stringify({
      name: "scratch-plugin",
      version: "1.0.0",
      type: "module",
      exports: { "./server": "./i.js" },
      files: ["i.js"],
    }),
    "i.js": PLUGIN,
    "left-out.js": "",
  },
});
const here = { port: 0, hostname: "127.0.0.1", fetch: () => new Response("here") };
const given = Bun.serve(here);
const kept = Bun.serve(here);
let model: ScriptedModel;
let host: OpencodeHost;

beforeAll(async () => {
  const { spec } = await packPlugin({ root: source.directory });
  model = startScriptedModel();
  host = await startHost({
    directory: workspace.directory,
    plugin: spec,
    model,
    network: "none",
    reach: [given.port ?? 0],
    config: { permission: { "approve *": "ask" } },
  });
}, 120_000);

afterAll(async () => {
  await host.stop();
  await Promise.all([model.stop(), given.stop(true), kept.stop(true)]);
  workspace.dispose();
  source.dispose();
}, 60_000);

const toolParts = (turn: Turn): HostPart[] => turn.parts.filter((part) => part.type === "tool");
const sent = (session: string): RecordedRequest[] => model.requests().filter((request) => request.session === session);
const rejection = (promise: Promise<unknown>): Promise<string> =>
  promise.then(
    () => "resolved",
    (error: unknown) => String(error),
  );
const ask = async (steps: ScriptStep[]): Promise<{ id: string; turn: Turn }> => {
  const { id } = await host.session();
  return { id, turn: await host.prompt(id, `please ${script(steps)}`) };
};

const isUp = (url: string): Promise<boolean> =>
  fetch(`${url}/global/health`, { keepalive: false }).then(
    (answer) => answer.ok,
    () => false,
  );
const ownerOf = (options: object): string => `
  const { startHost } = await import(${JSON.stringify(join(import.meta.dirname, "opencode-host.ts"))})
  const host = await startHost(${JSON.stringify(options)})
  const { id } = await host.session({ title: "kept" })
  console.log(JSON.stringify({ url: host.url, id }))
  setInterval(() => {}, 1000)`;

describe("host with a packed plugin", () => {
  test("loads it and offers its tools to the model", async () => {
    const { id, turn } = await ask([{ text: "done" }]);
    expect(turn.text).toBe("done");
    const offered = sent(id)
      .at(-1)
      ?.tools.map((tool) => tool.name);
    expect(offered).toContain("scratch_echo");
    expect((await host.tools()).map((tool) => tool.id)).toContain("scratch_gate");
    expect((await host.agents()).map((agent) => agent.name)).toContain("build");
  });

  test("runs a scripted call and gives its result back to the model", async () => {
    const { id, turn } = await ask([
      { calls: [["scratch_echo", { text: "hello" }]] },
      { calls: [["scratch_echo", { text: "{{match:id=(apr_[0-9]{1}x)}}" }]] },
      { text: "<{{last}}>" },
    ]);
    expect(toolParts(turn).map((part) => part.state?.output)).toEqual([
      "echo:hello id=apr_5x",
      "echo:apr_5x id=apr_6x",
    ]);
    expect(turn.text).toBe("<echo:apr_5x id=apr_6x>");
    const last = sent(id).at(-1)?.messages.at(-1);
    expect(last).toMatchObject({ role: "tool", text: "echo:apr_5x id=apr_6x" });
  });

  test("passes the text of a thrown error to the model", async () => {
    const { turn } = await ask([{ calls: [["scratch_fail", {}]] }, { text: "{{last}}" }]);
    expect(turn.text).toContain("expected 3, got 4, try 3");
    expect(toolParts(turn)[0]?.state?.status).toBe("error");
  });

  test("reports a model failure as the turn's error", async () => {
    const { turn } = await ask([{ status: 400 }]);
    expect(turn.error).toBe("scripted failure 400");
  });

  test("reaches the ports it was given and, with a namespace, no others", async () => {
    const look = (port: number): ScriptStep => ({ calls: [["scratch_net", { text: `http://127.0.0.1:${port}/` }]] });
    const { turn } = await ask([look(given.port ?? 0), look(kept.port ?? 0), { text: "done" }]);
    const [first, second] = toolParts(turn).map((part) => JSON.parse(part.state?.output ?? "{}"));
    expect(first.reached).toBe("yes");
    if (host.network === "namespace") expect(second).toEqual({ devices: ["lo"], reached: "ConnectionRefused" });
    else expect(host.network).toBe("proxy");
  });
});

describe("permissions", () => {
  const gate = script([{ calls: [["scratch_gate", { text: "plan" }]] }, { text: "saw {{last}}" }]);

  test("a request can be listed and approved by hand", async () => {
    const { id } = await host.session();
    const turn = host.prompt(id, gate);
    let open = await host.permissions();
    while (open.length === 0) {
      await Bun.sleep(20);
      open = await host.permissions();
    }
    expect(open).toMatchObject([
      { sessionID: id, permission: "approve plan", patterns: ["plan"], metadata: { why: "test" } },
    ]);
    await host.reply(open[0]?.id ?? "", "once");
    expect((await turn).text).toBe("saw approved:plan");
  });

  test.each([
    ["once", "saw approved:plan"],
    [{ reject: "not this week" }, "not this week"],
    ["reject", ""],
  ] as const)("handler answer %p", async (decision, expected) => {
    const stop = host.onPermission((request) => (request.permission === "approve plan" ? decision : "reject"));
    const { id } = await host.session();
    const turn = await host.prompt(id, gate);
    stop();
    if (expected === "") expect(turn.text).toBe("");
    else expect(turn.text).toContain(expected);
    expect(toolParts(turn)[0]?.state?.status).toBe(decision === "once" ? "completed" : "error");
  });

  test("a handler that throws rejects with its reason", async () => {
    const stop = host.onPermission(() => {
      throw new Error("unexpected request");
    });
    const { id } = await host.session();
    const turn = await host.prompt(id, gate);
    stop();
    expect(turn.text).toContain("unexpected request");
  });

  test("a forgotten one shows in the timeout error, with the log", async () => {
    const { id } = await host.session();
    const failed = host.prompt(id, gate, { timeoutMs: 500 });
    expect(await rejection(failed)).toMatch(
      /no answer within 500 ms[^]*permission "approve plan"[^]*host log:[^]*session\.id=/,
    );
    await host.abort(id);
    await host.idle(id);
  });
});

describe("sessions", () => {
  test("two run at once without mixing their scripts", async () => {
    const sessions = await Promise.all([host.session(), host.session()]);
    const turns = await Promise.all(
      sessions.map(({ id }, index) => {
        const call: ScriptStep = { calls: [["scratch_echo", { text: `t${index}` }]], delay_ms: 500 };
        return host.prompt(id, script([call, { text: "{{last}}" }]));
      }),
    );
    expect(turns.map((turn) => turn.text)).toEqual(["echo:t0 id=apr_2x", "echo:t1 id=apr_2x"]);
    const order = model.requests().filter(({ session }) => sessions.some(({ id }) => id === session));
    expect(order).toHaveLength(4);
    expect(order[0]?.session).not.toBe(order[1]?.session);
  });

  test.each(["SCRIPT64", "SCRIPT"])("a child plays the %s nested in its task prompt", async (marker) => {
    const inner: ScriptStep[] = [{ calls: [["scratch_echo", { text: "c" }]] }, { text: 'child [{{last}}] "quoted"' }];
    const nested =
      marker === "SCRIPT64" ? script(inner) : `SCRIPT:${JSON.stringify(inner).replace(" [{{last}}]", "")} then stop`;
    const prompt = `work ${nested}`;
    const { id, turn } = await ask([
      { calls: [["task", { description: "sub", prompt, subagent_type: "general" }]] },
      { text: "parent got {{match:(child[^<]*)}}" },
    ]);
    expect(turn.text.trim()).toBe(
      marker === "SCRIPT64" ? 'parent got child [echo:c id=apr_1x] "quoted"' : 'parent got child "quoted"',
    );
    const [child] = await host.children(id);
    const messages = await host.messages(child?.id ?? "");
    expect(messages.flatMap((message) => message.parts).some((part) => part.tool === "scratch_echo")).toBe(true);
  });

  test("summarize compacts, and the summariser gets a plain answer", async () => {
    const { id } = await ask([{ text: "one" }]);
    await host.summarize(id);
    expect(sent(id).map((request) => request.kind)).toEqual(["chat", "summary"]);
    const summary = (await host.messages(id)).find((message) => message.info.summary === true);
    expect(summary?.parts.find((part) => part.type === "text")?.text).toBe("ok");
  });

  test("one server serves several directories, with their permission requests", async () => {
    await withWorkspace(async (directory) => {
      const { id } = await host.session({ directory });
      const stop = host.onPermission(() => "once");
      const calls: ScriptStep["calls"] = [
        ["scratch_gate", { text: "there" }],
        ["bash", { command: "pwd", description: "where" }],
      ];
      const turn = await host.prompt(id, script([{ calls }, { text: "done" }]), { timeoutMs: 40_000 });
      stop();
      expect(toolParts(turn).map((part) => part.state?.output?.trim())).toEqual(["approved:there", directory]);
    });
  });

  test("a title request is told apart from the script", async () => {
    const { id } = z.object({ id: z.string() }).parse(await host.request("POST", "/session", { body: {} }));
    await host.prompt(id, script([{ text: "scripted" }]));
    const kinds = (): string[] => sent(id).map((request) => request.kind);
    for (const end = Date.now() + 15_000; kinds().length < 2 && Date.now() < end;) await Bun.sleep(20);
    expect(kinds().toSorted()).toEqual(["chat", "title"]);
  });
});

describe("lifetime", () => {
  test("a host ends with its owner, starts again on its home, and can be crashed", async () => {
    using home = makeWorkspace();
    using project = makeWorkspace();
    const options = { directory: project.directory, home: home.directory };
    const owner = Bun.spawn([process.execPath, "-e", ownerOf(options)], { stdout: "pipe", timeout: 60_000 });
    const { value } = await owner.stdout.getReader().read();
    const { url, id } = z
      .object({ url: z.string(), id: z.string() })
      .parse(JSON.parse(new TextDecoder().decode(value)));
    expect(await isUp(url)).toBe(true);
    owner.kill("SIGKILL");
    for (const end = Date.now() + 15_000; (await isUp(url)) && Date.now() < end;) await Bun.sleep(30);
    expect(await isUp(url)).toBe(false);

    const plugin = pathToFileURL(join(source.directory, "i.js")).href;
    await using second = await startHost({ ...options, model, network: "proxy", plugin });
    expect(second.network).toBe("proxy");
    expect(await second.request("GET", `/session/${id}`)).toMatchObject({ title: "kept" });
    // On this machine, but by a name that is not exempt from the proxy.
    const outside = `http://0.0.0.0:${kept.port}/`;
    const turn = await second.prompt(
      id,
      script([{ calls: [["scratch_net", { text: outside }]] }, { text: "{{last}}" }]),
    );
    expect(JSON.parse(turn.text).reached).toBe("ConnectionRefused");
    await second.crash();
    expect(await rejection(second.session())).toMatch(/host process has ended with exit code 137[^]*listening on/);
  });

  test("a host that cannot start says what it printed", async () => {
    const failed = startHost({
      directory: workspace.directory,
      model,
      env: { OPENCODE_EXPERIMENTAL_BACKGROUND_SUBAGENTS: "" },
    });
    expect(await rejection(failed)).toMatch(/exited with code [1-9][^]*output:\n[^]*\w/);
  });
});

describe("pack", () => {
  test("packs what npm would publish, once", async () => {
    const [one, two] = await Promise.all([
      packPlugin({ root: source.directory }),
      packPlugin({ root: source.directory }),
    ]);
    expect(one).toBe(two);
    expect(one.spec).toBe(`scratch-plugin@file:${one.tarball}`);
    const files = await new Bun.Archive(await Bun.file(one.tarball).bytes()).files();
    expect([...files.keys()].toSorted()).toEqual(["package/i.js", "package/package.json"]);
  });

  test("a failing build shows its output", async () => {
    using broken = makeWorkspace({
      files: {
        "package.json": '{"name":"broken","version":"1.0.0"}',
        "scripts/build.ts": 'throw new Error("no entry")',
      },
    });
    expect(await rejection(packPlugin({ root: broken.directory }))).toMatch(/scripts\/build.ts[^]*code 1[^]*no entry/);
  });
});

describe("scripted model", () => {
  const say = async (messages: { role: string; content: string }[], stream = false): Promise<string> => {
    const response = await fetch(`${model.url}/chat/completions`, {
      method: "POST",
      body: JSON.stringify({ model: "scripted", stream, messages }),
    });
    return `${response.status} ${await response.text()}`;
  };
  const user = (content: string): { role: string; content: string } => ({ role: "user", content });
  const assistant = { role: "assistant", content: "x" };

  test.each([
    ["no script", [user("hi")], /^200 .*"content":"ok".*"finish_reason":"stop"/],
    ["first step", [user(script([{ text: "a" }, { text: "b" }]))], /"content":"a"/],
    [
      "step by assistant messages, over a later plain message",
      [user(script([{ text: "a" }, { text: "b" }])), assistant, user("go on")],
      /"content":"b"/,
    ],
    ["past the end", [user(script([{ text: "a" }])), assistant], /"content":"ok"/],
    ["newest script wins", [user(script([{ text: "a" }])), assistant, user(script([{ text: "c" }]))], /"content":"c"/],
    [
      "plain marker with text behind",
      [user('do SCRIPT: [{"text":"a ] \\" ["}] and [more]')],
      /"content":"a \] \\" \["/,
    ],
    [
      "calls",
      [user(script([{ calls: [["t", { n: 1 }]] }]))],
      /"name":"t","arguments":"{\\"n\\":1}".*"finish_reason":"tool_calls"/,
    ],
    ["verbatim arguments", [user(script([{ calls: [["t", "{broken"]] }]))], /"arguments":"{broken"/],
    [
      "usage",
      [user(script([{ text: "a", usage: { input: 7 } }]))],
      /"prompt_tokens":7,"completion_tokens":5,"total_tokens":12/,
    ],
    ["status", [user(script([{ status: 503 }]))], /^503 .*scripted failure 503/],
    ["a script that is none", [user('SCRIPT:[{"cals":[]}]')], /^400 .*expected SCRIPT.*cals/],
    ["no tool result to use", [user(script([{ text: "{{last}}" }]))], /^400 .*expected a tool result/],
    ["no match", [user(script([{ text: "{{match:z+}}" }])), { role: "tool", content: "abc" }], /^400 .*\/z\+\/.*abc/],
    [
      "match in the newest result that has it",
      [
        user(script([{ text: "{{match:id=(\\d{2})}}" }])),
        { role: "tool", content: "id=11" },
        { role: "tool", content: "id=22" },
        { role: "tool", content: "none" },
      ],
      /"content":"22"/,
    ],
  ])("%s", async (_, messages, expected) => {
    expect(await say(messages)).toMatch(expected);
  });

  test("streams in pieces that add up", async () => {
    const events = (await say([user(script([{ text: "hello", calls: [["t", { n: 1 }]] }]))], true))
      .split("\n\n")
      .slice(0, -1);
    expect(events.at(-1)).toBe("data: [DONE]");
    const chunks = events.slice(0, -1).map((event) => JSON.parse(event.slice(event.indexOf("{"))));
    const deltas = chunks.flatMap((chunk) => chunk.choices.map((choice: { delta: object }) => choice.delta));
    expect(deltas.map((delta) => delta.content ?? "").join("")).toBe("hello");
    expect(
      deltas
        .flatMap((delta) => delta.tool_calls ?? [])
        .map((call) => call.function.arguments)
        .join(""),
    ).toBe('{"n":1}');
    expect(chunks.at(-2).choices[0].finish_reason).toBe("tool_calls");
    expect(chunks.at(-1).usage.total_tokens).toBe(15);
  });

  test("keeps a journal when asked", async () => {
    using place = makeWorkspace();
    const journal = join(place.directory, "requests.jsonl");
    await using other = startScriptedModel({ journal });
    await fetch(`${other.url}/chat/completions`, {
      method: "POST",
      body: JSON.stringify({ model: "m", messages: [user("hi")] }),
    });
    expect(JSON.parse(await Bun.file(journal).text())).toEqual(JSON.parse(JSON.stringify(other.requests()[0])));
  });
});

describe("workspace", () => {
  test("is gone afterwards, also after an error", async () => {
    let seen = "";
    const failing = withWorkspace(
      (directory) => {
        seen = directory;
        expect(existsSync(join(directory, "a/b.txt"))).toBe(true);
        throw new Error("on purpose");
      },
      { files: { "a/b.txt": "x" } },
    );
    expect(await rejection(failing)).toMatch("on purpose");
    expect(existsSync(seen)).toBe(false);
  });
});
