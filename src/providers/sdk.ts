import { setImmediate } from "node:timers/promises";

/** The SDK, loaded in two steps with a breath between them: in one it would hold up the host for longer than a person's keystroke may wait. */
export async function loadSdk() {
  await import("@ai-sdk/gateway");
  await setImmediate();
  return import("./sdk-parts.ts");
}
