import { UserError } from "../../core/errors.ts";
import { renderIncident } from "../../core/render/rollout/incident.ts";
import { renderIncidentEnd } from "../../core/render/rollout/incident-end.ts";
import { endMarker, noticeMarker, rolloutNamedIn } from "../../core/render/rollout/marker.ts";
import type { People } from "../../core/rollout/around.ts";
import type { Notice } from "../../core/rollout/effect.ts";
import type { RolloutState } from "../../core/rollout/state.ts";
import { statusOf } from "../../core/rollout/status.ts";
import type { GitHubClient } from "./client.ts";
import { ownIssues } from "./own-issues.ts";
import { mayPass } from "./transient.ts";

export type PeopleOptions = {
  client: GitHubClient;
  /** "owner/name" */
  repository: string;
  now(): string;
  warn(sentence: string): void;
};

const labelsOf = {
  incident: ["adaptive-deploy", "incident"],
  page: ["adaptive-deploy", "page"],
  asked: ["adaptive-deploy"],
} as const;

/**
 * Tells people on GitHub: an issue for each rollback, and a page as a comment on the rollout's issue, or as an issue of
 * its own where there is none. What was told is looked for before it is told, so that a lost answer tells nobody twice.
 */
export function githubPeople({ client, repository, now, warn }: PeopleOptions): People & {
  /** How it ended, or that it stands: in the issue's text, and once as a comment for those who follow it. */
  settle(state: RolloutState): Promise<void>;
} {
  const issues = ownIssues(client, repository);
  const ofRollout = ({ plan, openedAt }: RolloutState) =>
    issues.find((body) => rolloutNamedIn(body) === plan.rollout, openedAt);

  async function told(state: RolloutState, notice: Notice): Promise<string> {
    const marker = noticeMarker(state.plan.rollout, notice);
    const { title, body } = renderIncident(statusOf(state, null, now()), notice);
    const known = await ofRollout(state);
    const same = known.find((one) => one.body.startsWith(marker));
    if (same !== undefined) return same.url;
    const [first] = known;
    if (notice.kind === "incident" || first === undefined)
      return (await issues.open(title, `${marker}\n${body}`, labelsOf[notice.kind])).url;
    await issues.label(first.number, labelsOf.page);
    return issues.commentOnce(first.number, marker, body, state.openedAt);
  }

  async function settled(state: RolloutState): Promise<void> {
    const status = statusOf(state, null, now());
    const endedAt = state.doing.kind === "ended" ? state.doing.at : null;
    const how = endedAt === null ? `stands-${state.stop?.code ?? status.doing}` : status.doing;
    for (const issue of await ofRollout(state)) {
      const told = state.notices.find(({ notice }) =>
        issue.body.startsWith(noticeMarker(state.plan.rollout, notice)),
      );
      if (told === undefined) continue;
      const body = `${noticeMarker(state.plan.rollout, told.notice)}\n${renderIncident(status, told.notice).body}`;
      if (nowLine(body) !== nowLine(issue.body)) await issues.rewrite(issue.number, body);
      const marker = endMarker(state.plan.rollout, how);
      await issues.commentOnce(issue.number, marker, renderIncidentEnd(status, endedAt), state.openedAt);
    }
  }

  return {
    async tell(state, notice) {
      try {
        return await told(state, notice);
      } catch (error) {
        // What asking again may mend is asked again; a rollout does not wait for a right that nobody gives.
        if (!(error instanceof UserError) || mayPass(error)) throw error;
        warn(`Nobody could be told on GitHub (${notice.sentence}): ${error.message}`);
        return undefined;
      }
    },
    async settle(state) {
      if (state.notices.every(({ told: isTold }) => !isTold)) return;
      try {
        await settled(state);
      } catch (error) {
        if (!(error instanceof UserError)) throw error;
        warn(`How the rollout ended does not stand in its incident: ${error.message}`);
      }
    },
  };
}

/** The line that says how it stands; the rest of the text tells what happened, and the time of writing. */
function nowLine(body: string): string {
  return /^\*\*Now:\*\*.*$/m.exec(body)?.[0] ?? body;
}
