import { approvalLooks } from "../../adapters/github/approval-look.ts";
import type { Gathered } from "../../adapters/github/gather.ts";
import type { Standing } from "../../adapters/github/standing-approvals.ts";
import { standingOrCarried } from "../../adapters/github/standing-or-carried.ts";
import { askedOf } from "../../core/approval/asked.ts";
import type { DecisionBody } from "../../core/decision/shape.ts";
import { blocked } from "../../core/decision/strictest.ts";
import { UserError } from "../../core/errors.ts";
import { defaultEnvironment } from "../../core/policy/environment.ts";
import type { Ledger } from "../../core/ports.ts";
import { approvalRequest } from "./request.ts";
import type { DecidePorts } from "./run.ts";
import { type Waited, waitForApproval } from "./wait.ts";

/** Where this run finds approvals: at once, and by looking again until one comes. */
export function approving(
  { client, subject, now, waiting }: Pick<DecidePorts, "client" | "subject" | "now" | "waiting">,
  { configuration, policy }: Pick<Gathered, "configuration" | "policy">,
  ledger: Ledger | null,
  body: DecisionBody,
  owners: readonly string[],
) {
  const trustedLedger = configuration.ledger?.home === "app";
  const usual = configuration.environment ?? defaultEnvironment;
  const standing = (from: Ledger, at: Date): Promise<Standing> =>
    standingOrCarried(
      client,
      from,
      subject,
      body,
      policy,
      // A run keeps no record of what was let through before it.
      async () => false,
      owners,
      { now: at, ...(trustedLedger ? { trustedLedger, defaultEnvironment: usual } : {}) },
    );
  return {
    standing: async (): Promise<Standing> =>
      ledger && body.needs_approval ? standing(ledger, now) : { approvals: [], refused: [], problems: [] },

    /** Undefined where there is nothing to wait for. */
    wait: async (seconds: number): Promise<Waited | undefined> => {
      const isHeldUp = body.needs_approval && !body.allowed && !blocked(body) && body.mode !== "shadow";
      if (!ledger || !isHeldUp) return undefined;
      const ports = waiting();
      const look = approvalLooks({
        ...{ client, ledger, subject, body, trustedLedger },
        standing: (from) => standing(from, new Date(ports.now())),
      });
      const request = approvalRequest(subject, body, askedOf(body, policy, owners), seconds);
      try {
        return await waitForApproval(look, seconds, request, ports);
      } finally {
        ports.close();
      }
    },
  };
}

/** Found out before anything is decided: a wait that nothing could end would only be late. */
export function requireLedger(ledger: Ledger | null, readOnly: boolean): void {
  if (ledger || readOnly) return;
  throw new UserError(
    "ledger-not-configured",
    "wait-for-approval looks for approvals in a ledger, and this run has none. Write `ledger: { home: app, url: … }` or `ledger: { home: git-branch }` in .github/adaptive-deploy.yml.",
  );
}
