import type { Timer } from "../../../app/ports.ts";
import { lookAfterRollout } from "../../../app/rollouts/look-after.ts";
import type { EventKind, NewEvent } from "../../../core/evidence/event.ts";
import type { Ledger } from "../../../core/ports.ts";
import type { RolloutPlan } from "../../../core/rollout/plan.ts";
import type { WorkflowRun } from "../../../emulated/github/state.ts";
import { type OpenedRollout, openRollout } from "../commands/rollout-work.ts";
import { shop, slug, type TestWork, type WorkOptions } from "../work.ts";

/** A repository that names a watchdog, and rollouts there whose run died over them. */

export const watchdog = "on:\n  workflow_dispatch:\n  schedule: [{ cron: '*/15 * * * *' }]\njobs: {}\n";
export const minuteMs = 60_000;

export function configured(more = "", workflow = watchdog): Pick<WorkOptions, "files"> {
  const configuration = `schema-version: 1\nwatchdog-workflow: dog.yml\n${more}`;
  return {
    files: { ".github/adaptive-deploy.yml": configuration, ".github/workflows/dog.yml": workflow },
  };
}

export function allowed(app: TestWork, actions: "read" | "write" = "write"): TestWork {
  app.github.addToken("app-token", {
    app: slug,
    permissions: { contents: "write", issues: "write", pull_requests: "write", metadata: "read", actions },
  });
  return app;
}

export type Forsaken = OpenedRollout & {
  /** Whoever held the lease writes nothing from then on. */
  leased(action: "acquire" | "takeover" | "release", fencing?: number, atMs?: number): Promise<void>;
  /** The App looks, so long after the rollout was opened; gives when it looks again. */
  look(minutes: number, more?: object): Promise<number[]>;
};

let nonces = 0;

export async function forsaken(
  app: TestWork,
  more: Partial<RolloutPlan> = {},
  ledger: Ledger = app.work.ledger(shop),
): Promise<Forsaken> {
  const rollout = await openRollout(app, more, ledger);
  const { stream } = rollout;
  const begin = app.now().getTime();
  const write = async (kind: EventKind, body: NewEvent["body"], at: string): Promise<void> => {
    nonces += 1;
    const event = { kind, body, at, actor: "run", nonce: `of-a-lease-${String(nonces).padStart(9, "0")}` };
    await ledger.append(stream, [event], await ledger.head(stream));
  };
  return {
    ...rollout,
    leased: (action, fencing = 1, atMs = begin) => {
      const body = { action, holder: `run ${fencing}`, fencing };
      const lasts = action === "release" ? body : { ...body, lease_seconds: 600 };
      return write("lease", lasts, new Date(atMs).toISOString());
    },
    look: async (minutes, given = {}) => {
      const timers: { timer: Timer; at: Date }[] = [];
      const now = new Date(begin + minutes * minuteMs);
      const later = async (timer: Timer, at: Date) => void timers.push({ timer, at });
      await lookAfterRollout(
        { repository: shop, stream },
        { ...app.work, now, later, ...given },
        app.identity,
      );
      return timers.map(({ at }) => (at.getTime() - begin) / minuteMs);
    },
  };
}

/** What an earlier attempt had on its way to GitHub has long arrived. */
export const longAgo = (app: TestWork): Promise<unknown> =>
  app.database.query("update effects set intended_at = now() - interval '1 minute'");

export const runsOf = (app: TestWork): WorkflowRun[] => [...app.github.repository(shop).runs.values()];
export const issuesOf = (app: TestWork): string[] =>
  [...app.github.repository(shop).issues.values()].map(({ title, body }) => `${title}\n${body}`);

export async function noticesOf(app: TestWork, { stream }: OpenedRollout): Promise<unknown[]> {
  const { events } = await app.work.ledger(shop).read(stream);
  return events.filter(({ kind }) => kind === "notice").map(({ body }) => body.notice);
}
