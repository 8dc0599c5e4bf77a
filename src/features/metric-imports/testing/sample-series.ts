import { addDays } from "date-fns";

/** What a sample business looks like; growth is the relative change from the first day to the last. */
export interface SampleShape {
  /** First day, `YYYY-MM-DD`. */
  from: string;
  days: number;
  seed: number;
  /** Growth of impressions and clicks; 0.2 is +20 %. */
  visibilityGrowth: number;
  /** Growth of visits to commercial pages, and of key events over and above that of sessions. */
  qualityGrowth: number;
}

/** 84 days that end on 18 October 2026, with visibility up by a quarter and flat quality. */
export const SAMPLE_SHAPE: SampleShape = {
  from: "2026-07-27",
  days: 84,
  seed: 1,
  visibilityGrowth: 0.25,
  qualityGrowth: 0,
};

/** Queries of a small B2B SaaS for field-service teams, with impressions a weekday, position and page. */
export const SAMPLE_QUERIES = [
  { query: "fieldwise", impressions: 140, position: 1.1, page: "/" },
  { query: "fieldwise pricing", impressions: 35, position: 1.2, page: "/pricing" },
  { query: "field service software", impressions: 420, position: 9.4, page: "/" },
  { query: "job scheduling app", impressions: 310, position: 11.8, page: "/scheduling" },
  { query: "dispatch board template", impressions: 180, position: 6.2, page: "/blog/dispatch-board" },
  { query: "work order software, small business", impressions: 150, position: 13.1, page: "/work-orders" },
  { query: 'what is a "service level agreement"', impressions: 260, position: 7.7, page: "/blog/sla-guide" },
  { query: "technician route planner", impressions: 120, position: 8.9, page: "/routing" },
] as const;

/** Channels with sessions a weekday, share of engaged sessions, and key events a session. */
export const SAMPLE_CHANNELS = [
  { channel: "Organic Search", sessions: 160, engaged: 0.62, keyEvents: 0.11 },
  { channel: "Direct", sessions: 90, engaged: 0.55, keyEvents: 0.06 },
  { channel: "Paid Search", sessions: 60, engaged: 0.48, keyEvents: 0.07 },
  { channel: "Referral", sessions: 25, engaged: 0.66, keyEvents: 0.06 },
  { channel: "Unassigned", sessions: 4, engaged: 0.3, keyEvents: 0 },
] as const;

/** One day of a sample with its factor on demand: growth and the working week. */
export interface SampleDay {
  day: string;
  /** 0 on the first day, 1 on the last. */
  progress: number;
  /** Business demand falls to a third on weekends. */
  week: number;
}

/** The days of a sample, oldest first. */
export function sampleDays({ from, days }: SampleShape): SampleDay[] {
  const first = new Date(`${from}T00:00:00Z`);
  return Array.from({ length: days }, (_, at) => {
    const date = addDays(first, at);
    const weekend = date.getUTCDay() === 0 || date.getUTCDay() === 6;
    return {
      day: date.toISOString().slice(0, 10),
      progress: days === 1 ? 0 : at / (days - 1),
      week: weekend ? 0.35 : 1,
    };
  });
}

/** Draws counts around an expectation; the same seed gives the same draws (mulberry32, T. Ettinger, public domain). */
export function sampleNoise(seed: number): (expected: number) => number {
  let state = seed >>> 0;
  const random = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
  // Poisson with its normal approximation: twelve uniform numbers have variance 1.
  return (expected) => {
    const normal = Array.from({ length: 12 }, random).reduce((sum, one) => sum + one, -6);
    return Math.max(0, Math.round(expected + normal * Math.sqrt(expected)));
  };
}
