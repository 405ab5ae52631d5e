import type { GitHubClient } from "../../adapters/github/client.ts";
import { gather } from "../../adapters/github/gather.ts";
import { ledgerOfRun } from "../../adapters/github/ledger.ts";
import { publish } from "../../adapters/github/publish.ts";
import { standingApprovals } from "../../adapters/github/standing-approvals.ts";
import type { Subject } from "../../adapters/github/subject.ts";
import { recordDecision } from "../../adapters/ledgers/record-decision.ts";
import type { ChangeFacts } from "../../core/change/facts.ts";
import type { GivenFacts } from "../../core/change/merge.ts";
import { enveloped } from "../../core/decision/envelope.ts";
import { exitCodeOf, type FailOn } from "../../core/decision/exit.ts";
import { decideMeasured } from "../../core/decision/from-measured.ts";
import type { Decision } from "../../core/decision/shape.ts";
import type { ExitCode } from "../../core/errors.ts";
import type { Mode } from "../../core/policy/schema.ts";
import { renderSummary } from "../../core/render/summary.ts";
import { decideOutputs } from "./outputs.ts";

export type DecideInputs = {
  policy?: string;
  service?: string;
  environment: string;
  target?: NonNullable<ChangeFacts["service"]>["target"];
  mode?: Mode;
  comment: boolean;
  failOn: FailOn;
  candidate?: string;
};

export type DecidePorts = {
  client: GitHubClient;
  subject: Subject;
  /** Facts of files and reports, asked only once the configuration is known. */
  given(reportGlobs: readonly string[]): Promise<{ given: GivenFacts[]; problems: string[] }>;
  now: Date;
  actor: string;
  /** Writes a document beside the workflow and answers with its path. */
  write(name: string, text: string): Promise<string>;
  summary(markdown: string): Promise<void>;
  warn(sentence: string): void;
};

export type DecideResult = { decision: Decision; outputs: Record<string, string>; exitCode: ExitCode };

/** `decide` in a workflow: gather, decide, publish, record, write. */
export async function runDecide(inputs: DecideInputs, ports: DecidePorts): Promise<DecideResult> {
  const { client, subject } = ports;
  const environment = subject.environment ?? inputs.environment;
  const gathered = await gather(client, subject, {
    environment,
    comment: inputs.comment && !subject.readOnly,
    ...(inputs.policy ? { policy: inputs.policy } : {}),
  });
  const ledger = ledgerOfRun(client, subject, gathered.configuration);
  const { given, problems } = await ports.given(gathered.configuration.reports ?? []);
  const { facts, body } = decideMeasured(
    withInputs(gathered.measured, inputs, ledger !== null),
    given,
    gathered.policy,
    {
      environment,
      now: ports.now,
      ...optional("service", inputs.service ?? gathered.configuration.service),
      ...optional("history", gathered.history),
      ...optional("mode", inputs.mode),
    },
  );

  const moment = { actor: ports.actor, decidedAt: ports.now.toISOString() };
  const standing =
    ledger && body.needs_approval
      ? await standingApprovals(client, ledger, subject, body, gathered.policy)
      : { approvals: [], problems: [] };
  const posted = inputs.comment && !subject.readOnly;
  const unpublished = posted
    ? await publish(client, subject, enveloped(body, { ...moment, ...standing, recorded: false }), gathered)
    : [];
  const recorded = await recordDecision(ledger, body, moment);
  const why =
    subject.readOnly && gathered.configuration.ledger ? { recordedReason: "read-only-token" as const } : {};
  const decision = enveloped(body, { ...moment, ...recorded, ...why, approvals: standing.approvals });

  for (const sentence of [
    ...gathered.problems,
    ...problems,
    ...standing.problems,
    ...unpublished,
    ...recorded.problems,
  ])
    ports.warn(sentence);
  await ports.write("risk-inputs-for-decision.json", `${JSON.stringify(facts, null, 2)}\n`);
  const path = await ports.write("risk-decision.json", `${JSON.stringify(decision, null, 2)}\n`);
  await ports.summary(renderSummary(decision));
  return {
    decision,
    outputs: decideOutputs(decision, path),
    exitCode: subject.readOnly ? 0 : exitCodeOf(decision, inputs.failOn),
  };
}

function withInputs(measured: ChangeFacts, inputs: DecideInputs, recordable: boolean): ChangeFacts {
  return {
    ...measured,
    context: { ...measured.context, recordable },
    ...(inputs.candidate ? { change: { ...measured.change, candidate: inputs.candidate } } : {}),
    ...(inputs.target ? { service: { ...measured.service, target: inputs.target } } : {}),
  };
}

function optional<Key extends string, Value>(key: Key, value: Value | undefined): { [name in Key]?: Value } {
  const result: { [name in Key]?: Value } = {};
  if (value !== undefined) result[key] = value;
  return result;
}
