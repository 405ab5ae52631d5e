/** What Kayenta's canary config says of a metric, under its names, and with its defaults. */
export type KayentaOptions = {
  direction: "increase" | "decrease" | "either";
  critical: boolean;
  mustHaveData: boolean;
  /** Shown, and left out of the score. */
  muted: boolean;
  /** Whether a missing value is left out, or stands for zero. */
  nanStrategy: "remove" | "replace";
  outliers: { strategy: "keep" | "remove"; outlierFactor: number };
  effectSize: Partial<EffectSizeOptions>;
  groups: readonly string[];
};
export type EffectSizeOptions = {
  measure: "meanRatio" | "cles";
  allowedIncrease: number;
  allowedDecrease: number;
  criticalIncrease: number;
  criticalDecrease: number;
};

export const kayentaDefaults: KayentaOptions = {
  direction: "either",
  critical: false,
  mustHaveData: false,
  muted: false,
  nanStrategy: "remove",
  outliers: { strategy: "keep", outlierFactor: 3 },
  effectSize: {},
  groups: ["metrics"],
};

/** No effect is a ratio of 1, or one half of all pairs. */
export function effectSizeOptions({
  measure = "meanRatio",
  ...given
}: KayentaOptions["effectSize"]): EffectSizeOptions {
  const none = measure === "cles" ? 0.5 : 1;
  return {
    measure,
    allowedIncrease: given.allowedIncrease ?? none,
    allowedDecrease: given.allowedDecrease ?? none,
    criticalIncrease: given.criticalIncrease ?? none,
    criticalDecrease: given.criticalDecrease ?? none,
  };
}
