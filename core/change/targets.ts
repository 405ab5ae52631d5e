/** What moves a service's traffic; each becomes a real part in adapters/targets/. */
export const targets = [
  "argo-rollouts",
  "flagger",
  "helm",
  "kubernetes",
  "iis-arr",
  "ota",
  "haproxy",
] as const;
