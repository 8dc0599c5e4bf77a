import type { Config } from "../../config.ts";
import type { World } from "../../providers/world.ts";
import type { PublishDesk } from "./desk.ts";

/** Milliseconds that an attempt may go on after its last sign in the store; a film of 512 MB takes less at 10 Mbit/s. */
const LEASE_MS = 10 * 60_000;
/** Room for the last exchange's end and for what is written down afterwards. */
const MARGIN_MS = 60_000;

const leases = new WeakMap<PublishDesk, number>();

/** Milliseconds after the last sign of an attempt at which it is nobody's any more, whoever owns it: its last exchange is over by then. */
export function abandonedAfter({ send_seconds }: Config["publishing"]): number {
  return LEASE_MS + send_seconds * 1000 + MARGIN_MS;
}

/** Begins or prolongs the time in which the attempt of this desk may send. */
export function prolong(desk: PublishDesk): void {
  leases.set(desk, desk.world.now() + LEASE_MS);
}

export function endLease(desk: PublishDesk): void {
  leases.delete(desk);
}

/** The world of a desk, without a network once an attempt's time is over: a process that slept must not send what another has taken over. */
export function leasedWorld(desk: PublishDesk): World {
  const { world } = desk;
  const inTime = <T>(work: () => Promise<T>): Promise<T> => {
    if (world.now() <= (leases.get(desk) ?? Infinity)) return work();
    return Promise.reject(new Error("the attempt took too long, or this machine slept; nothing more was sent"));
  };
  return {
    ...world,
    fetch: (input, init) => inTime(() => world.fetch(input, init)),
    lookup: (host) => inTime(() => world.lookup(host)),
  };
}
