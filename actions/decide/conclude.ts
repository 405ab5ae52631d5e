import { isDeepStrictEqual } from "node:util";
import { type Answers, type GatherOptions, whatWeWrote } from "../../adapters/github/asking.ts";
import { assemble } from "../../adapters/github/gather.ts";
import { ledgerOfRun } from "../../adapters/github/ledger.ts";
import { type Before, publish } from "../../adapters/github/publish.ts";
import { recordDecision } from "../../adapters/ledgers/record-decision.ts";
import { type Envelope, enveloped } from "../../core/decision/envelope.ts";
import { exitCodeOf } from "../../core/decision/exit.ts";
import { decideMeasured } from "../../core/decision/from-measured.ts";
import { optional } from "../../core/optional.ts";
import { defaultEnvironment } from "../../core/policy/environment.ts";
import { renderSummary } from "../../core/render/summary.ts";
import { approving, requireLedger } from "./approving.ts";
import { decideOutputs } from "./outputs.ts";
import type { DecideInputs, DecidePorts, DecideResult } from "./run.ts";
import { trafficFrom } from "./traffic.ts";
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
  if (inputs.waitSeconds !== undefined) requireLedger(ledger, subject.readOnly);
  const service = inputs.service ?? gathered.configuration.service;
  const [{ given, problems }, traffic] = await Promise.all([
    ports.given(gathered.configuration.reports ?? []),
    trafficFrom(gathered.configuration.telemetry, ports.environment ?? {}, {
      ...{ policy: gathered.policy, measured: gathered.measured, environment, now: ports.now },
      ...optional("service", service),
      trusted: subject.trustedRun,
    }),
  ]);
  const { facts, body } = decideMeasured(
    withInputs(gathered.measured, inputs, ledger !== null),
    [...traffic.given, ...given],
    gathered.policy,
    {
      environment,
      now: ports.now,
      ...optional("service", service),
      ...optional("history", gathered.history),
      ...optional("mode", inputs.mode),
    },
  );

  const moment = { actor: ports.actor, decidedAt: ports.now.toISOString() };
  const approvals = approving(ports, gathered, ledger, body, facts.diff?.owners ?? []);
  const standing = await approvals.standing();
  const published = (about: Envelope, before: Partial<Before> = {}) =>
    publish(client, subject, enveloped(body, about), { ...gathered, ...options, ...before });
  const draft = { ...moment, ...standing, recorded: false };
  const unpublished = options.comment ? await published(draft) : [];
  const recorded = await recordDecision(ledger, body, moment);
  const waited = inputs.waitSeconds === undefined ? undefined : await approvals.wait(inputs.waitSeconds);
  const found = waited?.standing ?? standing;
  const waitEnded = waited?.ended?.reason;
  if (options.comment && waited && !waitEnded && !isDeepStrictEqual(standing, found)) {
    const before = await whatWeWrote(client, subject, options, answers.text.viewer);
    unpublished.push(...(await published({ ...draft, ...found }, before)));
  }
  const why =
    subject.readOnly && gathered.configuration.ledger ? { recordedReason: "read-only-token" as const } : {};
  const decision = enveloped(body, {
    ...moment,
    ...recorded,
    ...why,
    approvals: found.approvals,
    refused: found.refused,
    ...optional("waitEnded", waitEnded),
  });

  for (const sentence of [
    ...gathered.problems,
    ...problems,
    ...traffic.problems,
    ...found.refused.map(({ sentence }) => sentence),
    ...found.problems,
    ...(waited?.ended ? [waited.ended.sentence] : []),
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
