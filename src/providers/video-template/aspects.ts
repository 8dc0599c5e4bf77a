/** Pixels of each shape; what the platforms show without scaling up on a phone. */
export const ASPECTS = {
  "16:9": { width: 1280, height: 720 },
  "9:16": { width: 720, height: 1280 },
  "1:1": { width: 1080, height: 1080 },
} as const;
export type Aspect = keyof typeof ASPECTS;

/** Frames per second of every film. */
export const RATE = 30;
/** Seconds. */
export const DURATION = { min: 1, max: 60 } as const;
