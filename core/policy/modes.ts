/** How much a decision binds: recorded only, posted as advice, or holding. */
export const modes = ["shadow", "advisory", "enforced"] as const;
export type Mode = (typeof modes)[number];
