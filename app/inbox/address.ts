import * as z from "zod";
import { storableText } from "../../adapters/database/storable.ts";
import { rolloutNamedIn } from "../../core/render/rollout/marker.ts";
import { quietLabel } from "../quiet.ts";

/** Where a delivery belongs: what has to be handled one after the other shares a lane. */
export type Address = {
  action?: string;
  installation?: number;
  repository?: string;
  lane: string;
};

const id = z.int().positive();
const numbered = z.object({ number: id });
const account = z.object({ type: z.string().optional() }).nullish();
const onCommit = z.object({ head_sha: z.string().max(64) }).nullish();

/** The few fields that an address is made of; everything else is the handler's to read. */
const addressed = z.object({
  action: z.string().max(100).optional(),
  installation: z.object({ id }).nullish(),
  repository: z
    .object({ full_name: z.string().regex(/^[A-Za-z0-9_][\w-]{0,99}\/(?!\.{1,2}$)[\w.-]{1,100}$/) })
    .nullish(),
  pull_request: numbered.nullish(),
  issue: z
    .object({
      number: id,
      pull_request: z.unknown().optional(),
      body: z.string().nullish().catch(undefined),
      user: account,
    })
    .nullish(),
  changes: z
    .object({ base: z.unknown().optional(), title: z.unknown().optional() })
    .nullish()
    .catch(undefined),
  label: z.object({ name: z.string() }).nullish().catch(undefined),
  comment: z.object({ user: account }).nullish().catch(undefined),
  check_run: onCommit,
  workflow_run: onCommit,
  merge_group: onCommit,
  deployment: z.object({ id: id.optional(), environment: z.string().max(300) }).nullish(),
  environment: z.union([z.string().max(300), z.unknown()]).optional(),
  ref: z.string().max(1000).optional(),
  deleted: z.boolean().optional().catch(undefined),
});
type Addressed = z.infer<typeof addressed>;

const ofPull = (payload: Addressed): string | undefined => {
  const number = payload.pull_request?.number ?? payload.issue?.number;
  return number === undefined ? undefined : `#${number}`;
};
/** A commit may be the head of several pull requests, each with a lane of its own that it is handed to. */
const ofCommit = (about: { head_sha: string } | null | undefined): string | null | undefined =>
  about && `@${about.head_sha}`;
const ofEnvironment = (payload: Addressed): string | undefined => {
  const { environment } = payload.deployment ?? {};
  return environment === undefined ? undefined : `!${environment}`;
};

/** Each gate has a lane of its own: one that cannot be answered now must not hold up the way back. */
export function gateLane(environment: string, deployment: number): string {
  return `!${environment}!${deployment}`;
}
const ofGate = ({ deployment }: Addressed): string | undefined =>
  deployment?.id === undefined ? undefined : gateLane(deployment.environment, deployment.id);

type Answered = {
  /** What keeps the deliveries in order. */
  lane(payload: Addressed): string | null | undefined;
  /** Absent: all. What nobody answers to is neither stored nor handled. */
  actions?: readonly string[];
  /** What is answered besides. */
  only?(payload: Addressed): boolean;
};

const isOurLabel = ({ label }: Addressed): boolean => !label || label.name === quietLabel;
const hasChanged = ({ changes }: Addressed): boolean => Boolean(changes?.base ?? changes?.title);

/** Commands are heard on pull requests, and on what a rollout told people. */
const isHeardOn = (issue: Addressed["issue"]): boolean =>
  Boolean(issue?.pull_request) ||
  (issue?.user?.type === "Bot" && rolloutNamedIn(issue.body ?? "") !== undefined);

/** Every event that the App answers to. */
const answered: Record<string, Answered> = {
  pull_request: {
    lane: ofPull,
    actions: ["opened", "synchronize", "reopened", "edited", "ready_for_review", "labeled", "unlabeled"],
    only: (payload) => (payload.action !== "edited" || hasChanged(payload)) && isOurLabel(payload),
  },
  pull_request_review: { lane: ofPull, actions: ["submitted", "edited", "dismissed"] },
  issue_comment: {
    lane: ofPull,
    actions: ["created", "edited", "deleted"],
    // The App's own comments come back as events.
    only: ({ issue, comment }) => isHeardOn(issue) && comment?.user?.type !== "Bot",
  },
  check_run: { lane: ({ check_run: run }) => ofCommit(run), actions: ["rerequested", "requested_action"] },
  workflow_run: { lane: ({ workflow_run: run }) => ofCommit(run), actions: ["completed"] },
  merge_group: { lane: ({ merge_group: group }) => ofCommit(group), actions: ["checks_requested"] },
  push: {
    lane: ({ ref }) => (ref === undefined ? undefined : `^${ref}`),
    only: ({ ref, deleted }) => !deleted && ref?.startsWith("refs/heads/") === true,
  },
  // A gate asks by its own event, and what became of a deployment is told by its status.
  deployment: { lane: ofEnvironment, actions: [] },
  deployment_status: { lane: ofEnvironment },
  deployment_protection_rule: { lane: ofGate },
  repository: { lane: () => "" },
  installation: { lane: () => "" },
  installation_repositories: { lane: () => "" },
};
export const answeredEvents: readonly string[] = Object.keys(answered);

/** Undefined where nobody answers to such a delivery: it is acknowledged and forgotten. */
export function addressOf(event: string, payload: unknown): Address | undefined {
  const answer = Object.hasOwn(answered, event) ? answered[event] : undefined;
  const parsed = addressed.safeParse(payload);
  if (!answer || !parsed.success) return undefined;
  const { action, installation, repository } = parsed.data;
  if (answer.actions && !answer.actions.includes(action ?? "")) return undefined;
  if (answer.only?.(parsed.data) === false) return undefined;
  const suffix = answer.lane(parsed.data);
  const whole = repository ? repository.full_name.toLowerCase() : `installation ${installation?.id ?? 0}`;
  if (suffix === undefined || suffix === null) return undefined;
  return {
    ...(action === undefined ? {} : { action: storableText(action) }),
    ...(installation ? { installation: installation.id } : {}),
    ...(repository ? { repository: repository.full_name } : {}),
    // One text that the database refuses would take the deliveries with it that are stored at the same moment.
    lane: storableText(`${whole}${suffix}`),
  };
}
