import type { ScriptStep } from "./script-step.ts";

interface OutgoingCall {
  index: number;
  id: string;
  type: "function";
  function: { name: string; arguments: string };
}

function outgoingCalls(step: ScriptStep): OutgoingCall[] {
  return (step.calls ?? []).map(([name, args], index) => ({
    index,
    id: `call_${crypto.randomUUID().replaceAll("-", "")}`,
    type: "function",
    function: { name, arguments: typeof args === "string" ? args : JSON.stringify(args) },
  }));
}

export function usageOf(step: ScriptStep): { prompt_tokens: number; completion_tokens: number; total_tokens: number } {
  const { input = 10, output = 5 } = step.usage ?? {};
  return { prompt_tokens: input, completion_tokens: output, total_tokens: input + output };
}

export function whole(model: string, step: ScriptStep): object {
  const calls = outgoingCalls(step);
  const message = {
    role: "assistant",
    content: step.text ?? null,
    ...(calls.length > 0 ? { tool_calls: calls } : {}),
  };
  const finish_reason = calls.length > 0 ? "tool_calls" : "stop";
  return {
    ...envelope(model, "chat.completion"),
    choices: [{ index: 0, message, finish_reason }],
    usage: usageOf(step),
  };
}

export function streamed(model: string, step: ScriptStep): Response {
  const head = envelope(model, "chat.completion.chunk");
  const calls = outgoingCalls(step);
  const chunk = (delta: object, finish_reason: string | null = null): object => ({
    ...head,
    choices: [{ index: 0, delta, finish_reason }],
  });
  const chunks: object[] = [chunk({ role: "assistant", content: "" })];
  for (const piece of halves(step.text ?? "")) chunks.push(chunk({ content: piece }));
  for (const { function: call, ...rest } of calls) {
    chunks.push(chunk({ tool_calls: [{ ...rest, function: { name: call.name, arguments: "" } }] }));
    for (const piece of halves(call.arguments)) {
      chunks.push(chunk({ tool_calls: [{ index: rest.index, function: { arguments: piece } }] }));
    }
  }
  chunks.push(chunk({}, calls.length > 0 ? "tool_calls" : "stop"), { ...head, choices: [], usage: usageOf(step) });
  const encoder = new TextEncoder();
  const stream = new ReadableStream({
    start(controller) {
      for (const item of chunks) controller.enqueue(encoder.encode(`data: ${JSON.stringify(item)}\n\n`));
      controller.enqueue(encoder.encode("data: [DONE]\n\n"));
      controller.close();
    },
  });
  return new Response(stream, { headers: { "content-type": "text/event-stream", "cache-control": "no-cache" } });
}

function envelope(model: string, object: string): { id: string; object: string; created: number; model: string } {
  return { id: `chatcmpl-${crypto.randomUUID()}`, object, created: Math.floor(Date.now() / 1000), model };
}

function halves(text: string): string[] {
  const middle = Math.ceil(text.length / 2);
  return [text.slice(0, middle), text.slice(middle)].filter((piece) => piece !== "");
}

export function failure(status: number, message: string): Response {
  return Response.json({ error: { message, type: "scripted_model", code: status } }, { status });
}
