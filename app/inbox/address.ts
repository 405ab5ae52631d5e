import * as z from "zod";

/** Where a delivery belongs: what has to be handled one after the other shares a lane. */
export type Address = {
  action?: string;
  installation?: number;
  repository?: string;
  lane: string;
};

const id = z.int().positive();
const numbered = z.object({ number: id });
const pulls = z.array(numbered).optional();

/** The few fields that an address is made of; everything else is the handler's to read. */
const addressed = z.object({
  action: z.string().max(100).optional(),
  installation: z.object({ id }).nullish(),
  repository: z
    .object({ full_name: z.string().regex(/^[A-Za-z0-9_][\w-]{0,99}\/(?!\.{1,2}$)[\w.-]{1,100}$/) })
    .nullish(),
  pull_request: numbered.nullish(),
  issue: z.object({ number: id, pull_request: z.unknown().optional() }).nullish(),
  check_run: z.object({ head_sha: z.string().max(64), pull_requests: pulls }).nullish(),
  workflow_run: z.object({ head_sha: z.string().max(64), pull_requests: pulls.nullable() }).nullish(),
  merge_group: z.object({ head_sha: z.string().max(64) }).nullish(),
  deployment: z.object({ environment: z.string().max(300) }).nullish(),
  environment: z.union([z.string().max(300), z.unknown()]).optional(),
  ref: z.string().max(1000).optional(),
});
type Addressed = z.infer<typeof addressed>;

const ofPull = (payload: Addressed): string | undefined => {
  const number = payload.pull_request?.number ?? payload.issue?.number;
  return number === undefined ? undefined : `#${number}`;
};
const ofRun = (run: { head_sha: string; pull_requests?: { number: number }[] | null } | null | undefined) => {
  const [first] = run?.pull_requests ?? [];
  return first ? `#${first.number}` : run && `@${run.head_sha}`;
};
const ofEnvironment = (payload: Addressed): string | undefined => {
  const { environment } = payload.deployment ?? {};
  return environment === undefined ? undefined : `!${environment}`;
};

/** Every event that the App answers to, and what keeps its deliveries in order. */
const lanes: Record<string, (payload: Addressed) => string | null | undefined> = {
  pull_request: ofPull,
  pull_request_review: ofPull,
  issue_comment: ofPull,
  check_run: (payload) => ofRun(payload.check_run),
  workflow_run: (payload) => ofRun(payload.workflow_run),
  merge_group: (payload) => payload.merge_group && `@${payload.merge_group.head_sha}`,
  push: (payload) => (payload.ref === undefined ? undefined : `^${payload.ref}`),
  deployment: ofEnvironment,
  deployment_status: ofEnvironment,
  deployment_protection_rule: ofEnvironment,
  repository: () => "",
  installation: () => "",
  installation_repositories: () => "",
};
export const answeredEvents: readonly string[] = Object.keys(lanes);

/** Undefined where nobody answers to such a delivery: it is acknowledged and forgotten. */
export function addressOf(event: string, payload: unknown): Address | undefined {
  const laneOf = Object.hasOwn(lanes, event) ? lanes[event] : undefined;
  const parsed = addressed.safeParse(payload);
  if (!laneOf || !parsed.success) return undefined;
  const { action, installation, repository } = parsed.data;
  const suffix = laneOf(parsed.data);
  const whole = repository ? repository.full_name.toLowerCase() : `installation ${installation?.id ?? 0}`;
  if (suffix === undefined || suffix === null) return undefined;
  return {
    ...(action === undefined ? {} : { action }),
    ...(installation ? { installation: installation.id } : {}),
    ...(repository ? { repository: repository.full_name } : {}),
    lane: `${whole}${suffix}`,
  };
}
