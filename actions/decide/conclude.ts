import type { Answers, GatherOptions } from "../../adapters/github/asking.ts";
import { assemble } from "../../adapters/github/gather.ts";
import { ledgerOfRun } from "../../adapters/github/ledger.ts";
import { publish } from "../../adapters/github/publish.ts";
import { standingApprovals } from "../../adapters/github/standing-approvals.ts";
import { recordDecision } from "../../adapters/ledgers/record-decision.ts";
import { enveloped } from "../../core/decision/envelope.ts";
import { exitCodeOf } from "../../core/decision/exit.ts";
import { decideMeasured } from "../../core/decision/from-measured.ts";
import { optional } from "../../core/optional.ts";
import { defaultEnvironment } from "../../core/policy/environment.ts";
import { renderSummary } from "../../core/render/summary.ts";
import { decideOutputs } from "./outputs.ts";
import type { DecideInputs, DecidePorts, DecideResult } from "./run.ts";
import { withInputs } from "./with-inputs.ts";

/** The rest of `decide`, once GitHub has answered: decide, publish, record, write. */
export async function conclude(
  inputs: DecideInputs,
  ports: DecidePorts,
  answers: Answers,
  options: GatherOptions,
): Promise<DecideResult> {
  const { client, subject } = ports;
  const gathered = await assemble(client, answers, options);
  const environment = options.environment ?? gathered.configuration.environment ?? defaultEnvironment;
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
      ? await standingApprovals(client, ledger, subject, body, gathered.policy, facts.diff?.owners ?? [])
      : { approvals: [], problems: [] };
  const draft = enveloped(body, { ...moment, ...standing, recorded: false });
  const { marker, check } = options;
  const unpublished = options.comment
    ? await publish(client, subject, draft, {
        ...gathered,
        ...optional("marker", marker),
        ...optional("check", check),
      })
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
