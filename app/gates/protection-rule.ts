import * as z from "zod";
import type { Subject } from "../../adapters/github/subject.ts";
import { effective } from "../../core/decision/envelope.ts";
import type { Decision } from "../../core/decision/shape.ts";
import { exitCodes, UserError } from "../../core/errors.ts";
import { inline } from "../../core/render/escape.ts";
import type { Handler, Work } from "../ports.ts";
import { closeGate, type Gate, keepGate, subjectOfGate, type Which, waitingGates } from "./gate.ts";
import { isLastKnownGood } from "./last-known-good.ts";
import { type NextMoment, nextMoment } from "./next-moment.ts";
import { answer, report } from "./send.ts";
import { wakeGate } from "./wake.ts";
import { type Word, word, wordOf } from "./word.ts";

/** Undefined where the repository says nothing of adaptive-deploy. */
export type DecideFor = (subject: Subject, environment: string, work: Work) => Promise<Decision | undefined>;

export type Gates = {
  /** A run waits for the App's word. */
  onProtectionRule: Handler;
  /** A moment that a gate waited for has come: the payload is the timer's. */
  onTimer: Handler;
  /** Asked after an approval, and after a new fact: says anew what may have changed. */
  reevaluateGates(repository: string, work: Work, which?: Which): Promise<void>;
};

/** GitHub fails a run that has waited this long. */
const longestWaitMs = 30 * 24 * 60 * 60_000;
const sha = z.string().regex(/^[0-9a-f]{40}([0-9a-f]{24})?$/);
const event = z.object({
  action: z.string(),
  environment: z.string().min(1).max(300),
  deployment_callback_url: z.string().max(2000),
  deployment: z.object({ id: z.int().positive(), sha, ref: z.string(), created_at: z.coerce.date() }),
  repository: z.object({ full_name: z.string(), default_branch: z.string() }),
  sender: z.object({ login: z.string(), type: z.string() }),
});
const timer = z.object({
  kind: z.literal("gate"),
  repository: z.string(),
  run: z.number(),
  environment: z.string(),
});

export function gates(decideFor: DecideFor): Gates {
  const reevaluateGates: Gates["reevaluateGates"] = async (repository, work, which = {}) => {
    const failures: unknown[] = [];
    for (const gate of await waitingGates(work.database, repository, which)) {
      // One gate that cannot be answered now holds no other up.
      await evaluate(gate, work, decideFor).catch((error: unknown) => failures.push(error));
    }
    if (failures.length > 0) throw failures[0];
  };
  return {
    reevaluateGates,
    onTimer: async (payload, work) => {
      const { repository, run, environment } = timer.parse(payload);
      await reevaluateGates(repository, work, { run, environment });
    },
    onProtectionRule: async (payload, work) => {
      const { action } = z.object({ action: z.string() }).parse(payload);
      if (action !== "requested") return;
      const asked = event.parse(payload);
      const gate = await keepGate(work.database, {
        repository: asked.repository.full_name,
        run_id: runOf(asked.deployment_callback_url, asked.repository.full_name),
        environment: asked.environment,
        deployment_id: asked.deployment.id,
        sha: asked.deployment.sha,
        installation_id: work.installation,
        origin: {
          ref: asked.deployment.ref,
          default_branch: asked.repository.default_branch,
          sender: { login: asked.sender.login, type: asked.sender.type },
        },
        requested_at: asked.deployment.created_at,
      });
      if (gate) await evaluate(gate, work, decideFor);
    },
  };
}

/** The number alone is taken from the address: what is asked goes to the configured API and nowhere else. */
export function runOf(address: string, repository: string): number {
  const url = URL.canParse(address) ? new URL(address) : undefined;
  const path =
    /^(?:\/api\/v3)?\/repos\/([\w.-]+\/[\w.-]+)\/actions\/runs\/([1-9]\d{0,15})\/deployment_protection_rule$/;
  const [, name = "", run = ""] = path.exec(url?.pathname ?? "") ?? [];
  const isPlain =
    url?.href === address &&
    url.search === "" &&
    url.hash === "" &&
    url.username === "" &&
    url.password === "";
  if (isPlain && name.toLowerCase() === repository.toLowerCase() && Number.isSafeInteger(Number(run)))
    return Number(run);
  throw new UserError(
    "bad-event",
    `The deployment_protection_rule event's deployment_callback_url names no run of ${repository}. Nothing was asked of it; redeliver the event from the App's page on GitHub.`,
    exitCodes.badInput,
  );
}

async function evaluate(gate: Gate, work: Work, decideFor: DecideFor): Promise<void> {
  const expiry = new Date(gate.requested_at.valueOf() + longestWaitMs);
  if (work.now >= expiry) return closeGate(work.database, gate, { state: "expired" }, work.now);
  const { state, comment, withinPolicy = false, next } = await wordOn(gate, work, decideFor);
  if (state !== "waiting") return answer(gate, { state, comment, withinPolicy }, work);
  await wakeGate(gate, "expiry", expiry, work);
  if (next !== undefined && next.at < expiry) await wakeGate(gate, "calendar", next.at, work);
  await report(gate, comment, work);
}

type Said = Word & { withinPolicy?: boolean; next?: NextMoment };

async function wordOn(gate: Gate, work: Work, decideFor: DecideFor): Promise<Said> {
  if (await isLastKnownGood(gate, work.database)) {
    const text = `A return to ${gate.sha.slice(0, 12)}, which ran here before the present one.`;
    return { ...word("approved", text), withinPolicy: true };
  }
  const subject = subjectOfGate(gate);
  try {
    const decision = await decideFor(subject, gate.environment, work);
    if (decision === undefined) return word("waiting", notConfigured);
    const next = await nextMoment(work.client, subject, decision, work.now);
    const withinPolicy = effective(decision).allowed;
    return { ...wordOf(decision, next), withinPolicy, ...(next === undefined ? {} : { next }) };
  } catch (error) {
    return cannotDecide(error);
  }
}

const notConfigured =
  "Waits: the default branch says nothing of adaptive-deploy. Add .github/adaptive-deploy.yml there, or take this " +
  "protection rule out of the environment.";

/** What only a person can mend is said where the person looks; everything else is tried again. */
function cannotDecide(error: unknown): Word {
  if (!(error instanceof UserError) || error.exitCode !== exitCodes.badInput) throw error;
  return word("waiting", `Waits: it cannot be decided. ${inline(error.message, 800)}`);
}
