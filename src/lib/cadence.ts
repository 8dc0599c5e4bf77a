/** Days that each cadence looks back. */
export const CADENCES = { weekly: 7, monthly: 30, quarterly: 90 } as const;
export type Cadence = keyof typeof CADENCES;
export const CADENCE_NAMES = ["weekly", "monthly", "quarterly"] as const satisfies Cadence[];
export const DECISIONS = ["continue", "intervene", "rollback"] as const;
export type Decision = (typeof DECISIONS)[number];
