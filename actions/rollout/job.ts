import { randomBytes } from "node:crypto";
import { readFile } from "node:fs/promises";
import { journalFile } from "../../adapters/files/journal.ts";
import { runnerSaysTrusted } from "../../adapters/github/event.ts";
import { githubPeople } from "../../adapters/github/people.ts";
import { activePolicy } from "../../adapters/github/policy-source.ts";
import { rolloutMirror } from "../../adapters/github/rollout-mirror.ts";
import { retry } from "../../adapters/ledgers/record-decision.ts";
import { rolloutSpans } from "../../adapters/opentelemetry/rollout-spans.ts";
import { openTarget } from "../../adapters/targets/index.ts";
import { UserError } from "../../core/errors.ts";
import { optional } from "../../core/optional.ts";
import { plain, terminalLines } from "../../core/render/escape.ts";
import { portsOfProcess } from "../analyze/ports.ts";
import { environmentOfStep, telemetryFor } from "../analyze/telemetry.ts";
import { waitingIn } from "../decide/waiting.ts";
import { printable, type VerbDeclaration } from "../io.ts";
import { inputsOf, type Toolkit, tokenOf } from "../runner.ts";
import { approvalsOfRun } from "./approvals.ts";
import { believing } from "./believing.ts";
import { telemetryEvidence } from "./evidence.ts";
import { evidenceInputs } from "./evidence-inputs.ts";
import { gitReverts } from "./git-reverts.ts";
import { requiredLedger, verifying } from "./ledger.ts";
import type { RolloutPorts } from "./ports.ts";
import { subjectOfJob } from "./subject.ts";

/** What a step leaves for its `post`. */
export const states = { begun: "begun", rollout: "rollout", left: "left", process: "process" } as const;

/** GitHub lets a token ask a thousand times an hour; a person's word is heard within this time. */
const freshSeconds = 15;
const pollSeconds = 2;

/** What a job of GitHub Actions gives to a rollout, a step of it, or a rollback. */
export async function portsOfJob(
  toolkit: Toolkit,
  declaration: VerbDeclaration,
): Promise<RolloutPorts & { close(): Promise<void> }> {
  const { env } = process;
  // Not every verb of a rollout asks telemetry.
  const input = (name: string): string =>
    Object.hasOwn(declaration.inputs, name) ? inputsOf(toolkit, declaration)(name) : "";
  const token = tokenOf(toolkit);
  const telemetryToken = input("telemetry-token");
  if (telemetryToken) toolkit.setSecret(telemetryToken);
  const subject = await subjectOfJob(env);
  const { owner, name } = subject;
  const repository = `${owner}/${name}`;
  const { getOctokit } = await import("@actions/github");
  const client = getOctokit(token);
  const wanted = input("policy");
  const asked = wanted ? { name: wanted, trusted: await runnerSaysTrusted(env) } : undefined;
  const resolved = await activePolicy(client, { owner, name }, asked);
  const { close, ...process_ } = portsOfProcess(input("out"));
  const plainLedger = requiredLedger(client, subject, resolved);
  const now = Date.now;
  const surroundings = { client, subject, resolved, now, waiting: () => waitingIn(toolkit) };
  const approvals = approvalsOfRun({ ...surroundings, ledger: plainLedger });
  // What nobody but the App writes needs no second look.
  const isTrusted = resolved.configuration.ledger?.home === "app";
  const { ledger, believes } = isTrusted
    ? { ledger: plainLedger, believes: undefined }
    : believing(plainLedger, verifying(client, subject, resolved, approvals.approvedAt), {
        verdictsOfOthers: declaration.name === "canary-step",
      });
  const say = (line: string): void => toolkit.info(terminalLines(plain(line, 2000)));
  const warn = (sentence: string): void => toolkit.warning(plain(sentence, 1000));
  const summary = async (markdown: string): Promise<void> => {
    if (env.GITHUB_STEP_SUMMARY) await toolkit.summary.addRaw(markdown).write();
  };
  const url = input("telemetry-url") || undefined;
  const iso = (): string => new Date(now()).toISOString();
  const logUrl = `${env.GITHUB_SERVER_URL ?? "https://github.com"}/${repository}/actions/runs/${env.GITHUB_RUN_ID ?? ""}`;
  const gitRevert = gitReverts(client, { repository, ledger, now, ...optional("believes", believes) });
  const people = githubPeople({ client, repository, now: iso, warn });
  const mirror = rolloutMirror({ client, repository, logUrl, now: iso, warn });
  const spans = await rolloutSpans(env, { now: iso, warn });
  return {
    ...{ resolved, ledger, repository, say, warn, summary, now, retry, pollSeconds, freshSeconds },
    ...optional("believes", believes),
    ...optional("commit", env.GITHUB_SHA),
    ...{ stop: process_.stop, sleep: process_.sleep, keep: process_.write },
    openTarget: (config) => openTarget(config, { environment: env, gitRevert }),
    readText,
    evidence: () =>
      telemetryEvidence(evidenceInputs(input), {
        ...process_,
        ...{ resolved, summary, progress: say },
        telemetry: telemetryFor(
          resolved.configuration,
          url,
          environmentOfStep(env, optional("telemetryUrl", url), telemetryToken),
        ),
      }),
    approvals: approvals.approvals,
    waitForStart: approvals.waitForStart,
    people,
    settle: people.settle,
    mirror: mirror.show,
    saw: spans.saw,
    close: async () => {
      close();
      await spans.close();
    },
    journal: journalFile(`${input("out")}/journal.jsonl`),
    holder: holderOf(toolkit, repository, env),
    actor: env.GITHUB_ACTOR ?? "unknown",
    nonce: () => randomBytes(16).toString("hex"),
    begun: (rollout) => toolkit.saveState(states.rollout, rollout),
  };
}

/**
 * All legs of a matrix are one job to GitHub, and so are two calls of one reusable workflow: two that drive the same
 * service would both find their own lease. On two services they hold two leases, because each has a stream of its own.
 */
function holderOf(toolkit: Toolkit, repository: string, env: NodeJS.ProcessEnv): string {
  const own = toolkit.getState(states.process) || randomBytes(4).toString("hex");
  toolkit.saveState(states.process, own);
  const { GITHUB_RUN_ID: run, GITHUB_RUN_ATTEMPT: attempt, GITHUB_JOB: job } = env;
  return [repository, run, attempt, job, own].filter(Boolean).join("/");
}

async function readText(path: string): Promise<string> {
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    const said = error instanceof Error ? error.message : String(error);
    throw new UserError("bad-decision", `${printable(path)} cannot be read: ${printable(said)}.`);
  }
}
