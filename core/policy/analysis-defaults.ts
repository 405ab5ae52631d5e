/** A comparison takes no more windows than this: each costs a question to the store and a look at all before it. */
export const mostWindows = 1000;

/** What the group `analysis` means where a bundle leaves a key out; docs/policy.md lists the same. */
export const analysisDefaults = {
  window: "2m",
  "healthy-windows": 5,
  longest: "60m",
  "at-deadline": "hold",
  "false-alarms-percent": 2,
  "power-percent": 80,
  "low-traffic": "hold",
  "warm-up": "0s",
  "shared-fault": { "began-within": "5m", "after-step": "hold" },
  profile: "none",
  slo: { "objective-percent": 99.9, period: "28d" },
  judge: "sequential",
  kayenta: { pass: 95, marginal: 75 },
} as const;
