import { noProfile, type SloProfile, type ThresholdsAndWindows } from "./schema.ts";

/** SLO profiles that every bundle knows; one of the same name in `profiles` replaces it whole. */
const common: SloProfile = {
  "success-percent": 95,
  errors: { "above-percent": 1, for: "3m" },
  "error-budget-percent": 5,
  "burn-rate": true,
  "crash-loops": true,
};
export const shippedProfiles: ReadonlyMap<string, SloProfile> = new Map([
  // Somebody waits for each answer.
  ["interactive", { ...common, latency: { p95: "300ms" } }],
  // Answers may take a while: reports, batches, calls between services that retry.
  ["patient", { ...common, latency: { p95: "3.0s" } }],
]);

export function profileNames({ profiles = {} }: ThresholdsAndWindows): string[] {
  return [...new Set([...shippedProfiles.keys(), ...Object.keys(profiles), noProfile])];
}

/** Undefined for `none`; a name that is no profile does not come here, the bundle is refused before. */
export function profileNamed(
  { profiles = {} }: ThresholdsAndWindows,
  name: string | undefined,
): SloProfile | undefined {
  if (name === undefined || name === noProfile) return undefined;
  return Object.hasOwn(profiles, name) ? profiles[name] : shippedProfiles.get(name);
}
