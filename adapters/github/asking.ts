import * as z from "zod";
import { exitCodes, UserError } from "../../core/errors.ts";
import { defaultEnvironment } from "../../core/policy/environment.ts";
import { type ApiChange, comparedChange, firstParent, lastDeployed, pullRequestChange } from "./change.ts";
import { checkName, findCheckRun } from "./check.ts";
import { type GitHubClient, githubError } from "./client.ts";
import { findStickyComment, type StickyComment } from "./comment.ts";
import { type RevertedPull, revertedPull } from "./revert.ts";
import type { Subject } from "./subject.ts";
import { isTransient } from "./transient.ts";
import { readTrustedText, type TrustedText } from "./trusted-text.ts";

export type GatherOptions = {
  now: Date;
  /** Bundle name or folder from the run's own input. */
  policy?: string;
  /** Absent: what the configuration says. */
  environment?: string;
  /** Look for our comment, to update it in place. */
  comment: boolean;
  /** The marker that our comment begins with. */
  marker?: string;
  /** Name of our check run, to update it in place; absent: none is looked for. */
  check?: string;
  /** The asker tries again as a whole: a list that cannot be read for now is a fault, and no comment or check too many. */
  again?: boolean;
  /** What the asker itself let into an environment, which goes before GitHub's list of deployments. */
  released?(environment: string): Promise<Released>;
};

/** The last release besides the subject; where there is none, the first commit that ever asked to be one. */
export type Released = { last?: string; first?: string };

/** What GitHub answered, as it came. */
export type Answers = {
  subject: Subject;
  text: TrustedText;
  change: ApiChange;
  reverted?: RevertedPull;
  sticky?: StickyComment;
  /** Why the comments could not be listed. */
  unlisted?: string;
  /** Our own check run of this name on this head. */
  checkRun?: number;
};

export type Asking = {
  /** Settles with the first answer: time for what the decision needs to be loaded while the others come. */
  first: Promise<unknown>;
  answers: Promise<Answers>;
};

/**
 * One round trip: all reads start together. A release without a known base asks for the last deployment first. This
 * file stays light, because nothing is asked before it is loaded.
 */
export function askGitHub(client: GitHubClient, given: Subject, options: GatherOptions): Asking {
  const { owner, name, pullRequest } = given;
  const policy = given.trustedRun ? options.policy : undefined;
  const text = readTrustedText(client, { owner, name, base: textBaseOf(given), ...folderOption(policy) });
  const based = withReleaseBase(client, given, options, text);
  const change = based.then((subject) =>
    pullRequest ? pullRequestChange(client, subject, pullRequest.number) : comparedChange(client, subject),
  );
  const comments = listComments(client, given, options);
  const check = listCheckRuns(client, given, options);
  const reverted = pullRequest?.reverts
    ? revertedPull(client, given, pullRequest.reverts, options.now).catch(() => undefined)
    : Promise.resolve(undefined);
  const all = Promise.all([based, text, change, comments, check, reverted]);
  const first = Promise.race([text, change]);
  // Whoever waits for the answers alone hears of a fault from them.
  first.catch(() => undefined);
  return {
    first,
    answers: all.then(
      ([subject, trusted, changed, listed, checkRun, taken]) => ({
        subject,
        text: trusted,
        change: changed,
        ...(taken ? { reverted: taken } : {}),
        ...listed(trusted.viewer),
        ...checkRun(trusted.viewer),
      }),
      (error: unknown) => {
        throw error instanceof z.ZodError ? strangeAnswer(error) : error;
      },
    ),
  };
}

/**
 * Where `.gitattributes` and CODEOWNERS are read: the base, where the default branch holds it. Any other base, and what
 * was pushed to another branch before, may be the author's own, and then the default branch speaks.
 */
function textBaseOf({ kind, base, baseBranch, defaultBranch, trustedRun }: Subject): string {
  const isOfDefaultBranch = baseBranch === defaultBranch && (kind !== "release" || trustedRun);
  return isOfDefaultBranch ? (base ?? "HEAD") : "HEAD";
}

/** A proxy's login page, say, in place of GitHub's answer. */
function strangeAnswer(error: z.ZodError): UserError {
  const issue = error.issues[0];
  const where = issue?.path.join(".") || "the answer";
  return new UserError(
    "github-unavailable",
    `GitHub's answer is not of the form it should have (${where}: ${issue?.message ?? "unreadable"}). Is GITHUB_API_URL right? Else run the job again.`,
    exitCodes.unavailable,
  );
}

/** Our comment and check as they stand now, to update them in place once more. */
export async function whatWeWrote(
  client: GitHubClient,
  subject: Subject,
  options: GatherOptions,
  viewer: string,
): Promise<Pick<Answers, "sticky" | "unlisted" | "checkRun">> {
  const [listed, checkRun] = await Promise.all([
    listComments(client, subject, options),
    listCheckRuns(client, subject, options),
  ]);
  return { ...listed(viewer), ...checkRun(viewer) };
}

type Listed = (viewer: string) => { sticky?: StickyComment; unlisted?: string };

/** A decision does not wait for a list of comments: without it, none is written. */
async function listComments(client: GitHubClient, given: Subject, options: GatherOptions): Promise<Listed> {
  if (!given.pullRequest || !options.comment) return () => ({});
  try {
    const find = await findStickyComment(client, given, given.pullRequest, options.marker);
    return (viewer) => ({ sticky: find(viewer) });
  } catch (error) {
    const fault = githubError(error, `the comments of #${given.pullRequest.number}`);
    if (options.again && isTransient(fault)) throw fault;
    return () => ({ unlisted: fault.message });
  }
}

async function listCheckRuns(
  client: GitHubClient,
  given: Subject,
  { comment, check, again }: GatherOptions,
): Promise<(viewer: string) => { checkRun?: number }> {
  if (!comment || check === undefined || given.defaultBranch === undefined) return () => ({});
  const find = await findCheckRun(client, given, checkName(check, given, given.defaultBranch), again);
  return (viewer) => ({ checkRun: find(viewer) });
}

async function withReleaseBase(
  client: GitHubClient,
  subject: Subject,
  { environment: asked, released, again }: GatherOptions,
  text: Promise<TrustedText>,
): Promise<Subject> {
  if (subject.kind !== "release" || subject.base !== undefined) return subject;
  const environment = asked ?? (await configuredEnvironment(text));
  const { last, first } = (await released?.(environment)) ?? {};
  // A first release that was refused is part of the one that comes after it.
  const base =
    last ??
    (await lastDeployed(client, subject, environment, again)) ??
    (first === undefined || first === subject.head
      ? undefined
      : await firstParent(client, { ...subject, head: first }));
  return base === undefined ? subject : { ...subject, base };
}

async function configuredEnvironment(text: Promise<TrustedText>): Promise<string> {
  const { configuration, source } = await text;
  if (configuration === undefined) return defaultEnvironment;
  const { readConfiguration } = await import("../policy/resolve.ts");
  return readConfiguration(configuration, source).environment ?? defaultEnvironment;
}

function folderOption(policy: string | undefined): { folder?: string } {
  return policy?.includes("/") ? { folder: policy.replace(/^\.\//, "").replace(/\/+$/, "") } : {};
}
