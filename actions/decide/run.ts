import { askGitHub } from "../../adapters/github/asking.ts";
import type { GitHubClient } from "../../adapters/github/client.ts";
import type { Subject } from "../../adapters/github/subject.ts";
import type { ChangeFacts } from "../../core/change/facts.ts";
import type { GivenFacts } from "../../core/change/merge.ts";
import type { FailOn } from "../../core/decision/exit.ts";
import type { Decision } from "../../core/decision/shape.ts";
import type { ExitCode } from "../../core/errors.ts";
import type { Mode } from "../../core/policy/schema.ts";
import { scopeOf } from "./scope.ts";
import type { WaitPorts } from "./wait.ts";

export type DecideInputs = {
  policy?: string;
  service?: string;
  environment?: string;
  target?: NonNullable<ChangeFacts["service"]>["target"];
  mode?: Mode;
  comment: boolean;
  failOn: FailOn;
  candidate?: string;
  waitSeconds?: number;
};

export type DecidePorts = {
  client: GitHubClient;
  subject: Subject;
  /** Facts of files and reports, asked only once the configuration is known. */
  given(reportGlobs: readonly string[]): Promise<{ given: GivenFacts[]; problems: string[] }>;
  now: Date;
  /** Holds the secrets of telemetry, where the configuration names any. */
  environment?: Readonly<Record<string, string | undefined>>;
  actor: string;
  /** Writes a document beside the workflow and answers with its path. */
  write(name: string, text: string): Promise<string>;
  summary(markdown: string): Promise<void>;
  warn(sentence: string): void;
  /** Opened where the run waits for an approval. */
  waiting(): WaitPorts;
};

export type DecideResult = { decision: Decision; outputs: Record<string, string>; exitCode: ExitCode };

/**
 * `decide` in a workflow. The questions leave first; what the decision itself needs is loaded while GitHub answers,
 * so nothing heavy may be imported here.
 */
export async function runDecide(inputs: DecideInputs, ports: DecidePorts): Promise<DecideResult> {
  const environment = ports.subject.environment ?? inputs.environment;
  const options = {
    now: ports.now,
    ...scopeOf(environment, inputs.service),
    comment: inputs.comment && !ports.subject.readOnly,
    ...(environment === undefined ? {} : { environment }),
    ...(inputs.policy ? { policy: inputs.policy } : {}),
  };
  const asking = askGitHub(ports.client, ports.subject, options);
  const [{ conclude }, answers] = await Promise.all([
    asking.first.then(() => import("./conclude.ts")),
    asking.answers,
  ]);
  return conclude(inputs, ports, answers, options);
}
