import { type FaultProxy, type ProxyAnswer, type SeenRequest, startFaultProxy } from "../../../testing/fault-proxy.ts";
import type { World } from "../../world.ts";
import { type Fault, RETRY_AFTER_MS } from "./subject.ts";

type AnswerOf = (request: SeenRequest) => ProxyAnswer;

export interface HttpFaults {
  /** Whether a request is one that makes something public (or accepts it for later). */
  publishes(request: SeenRequest): boolean;
  /** The platform's own words for each; those that are missing are faults that it cannot do, save the three with a default. */
  answers: { [F in "rate_limited" | "unavailable" | "quota" | "unauthorised" | "reject"]?: AnswerOf };
  cannot?: Partial<Record<Fault | "cut_any_request", string>>;
}

const DEFAULT_ANSWERS: HttpFaults["answers"] = {
  rate_limited: () => ({ status: 429, headers: { "retry-after": String(RETRY_AFTER_MS / 1000) }, body: "slow down" }),
  unavailable: () => ({ status: 503, body: "<html>try later</html>" }),
  unauthorised: () => ({ status: 401, body: "" }),
};

export interface FaultyServer extends FaultProxy {
  inject(fault: Fault | undefined): void;
}

/** An HTTP server, fake or real, with the faults of the conformance suite in front of it. `upstream` is its origin. */
export async function behindFaults(upstream: string, faults: HttpFaults): Promise<FaultyServer> {
  let now: Fault | undefined;
  const answers = { ...DEFAULT_ANSWERS, ...faults.answers };
  const proxy = await startFaultProxy(upstream, (request) => {
    if (now === undefined || !(now === "unauthorised" || faults.publishes(request))) return { do: "pass" };
    if (now === "crash_after_accept") return { do: "drop_after" };
    if (now === "crash_before_accept") return { do: "drop_before" };
    if (now === "hang") return { do: "hang" };
    const answer = answers[now];
    return answer ? { do: "answer", answer: answer(request) } : { do: "pass" };
  });
  return {
    ...proxy,
    inject(fault) {
      const why = fault && faults.cannot?.[fault];
      if (why !== undefined) throw new Error(why);
      const possible =
        fault === undefined || fault.startsWith("crash_") || fault === "hang" || Object.hasOwn(answers, fault);
      if (!possible) throw new Error(`no answer is written down for ${fault}`);
      now = fault;
    },
  };
}

/** A world in which these hosts are servers on loopback: host → origin. Every other host is refused by name. */
export function worldTo(origins: Record<string, string>): Pick<World, "fetch" | "lookup"> {
  const originOf = (host: string): string => {
    const origin = origins[host];
    if (origin === undefined) throw new Error(`the test knows no host ${host}`);
    return origin;
  };
  return {
    fetch(input, init) {
      const url = new URL(input instanceof Request ? input.url : input);
      const target = new URL(`${url.pathname}${url.search}`, originOf(url.host));
      return fetch(input instanceof Request ? new Request(target.href, input) : target.href, init);
    },
    lookup: (host) => {
      originOf(host);
      return Promise.resolve([{ address: "127.0.0.1", family: 4 }]);
    },
  };
}
