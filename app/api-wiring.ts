import { ownerAndName } from "../adapters/github/full-name.ts";
import { activePolicy } from "../adapters/github/policy-source.ts";
import type { Subject } from "../adapters/github/subject.ts";
import { exitCodes, UserError } from "../core/errors.ts";
import { parseStream } from "../core/evidence/stream.ts";
import { optional } from "../core/optional.ts";
import { flaggerGate } from "./analysis/flagger.ts";
import { type AnalysesAround, analyses } from "./analysis/index.ts";
import type { Api, ApiOptions } from "./api/index.ts";
import { createApi } from "./api/index.ts";
import { decideChange } from "./decide-change.ts";
import { insertDeliveries } from "./inbox/store.ts";
import type { InstalledRepository } from "./installed.ts";
import { keepFacts } from "./kept-facts.ts";
import { newFactsDelivery } from "./new-facts.ts";
import type { Work } from "./ports.ts";
import { lookAt, wakeRollout } from "./rollouts/wake.ts";

export type ApiAround = Pick<
  ApiOptions,
  "database" | "now" | "issuer" | "audience" | "workflows" | "ledger" | "warn"
> & {
  installed(repository: string): Promise<InstalledRepository | undefined>;
  workOf(installation: number): Promise<Work>;
  telemetryOf: AnalysesAround["telemetryOf"];
  later: Work["later"];
  /** Where people and programs reach this server. */
  publicUrl?: string;
};

/** The API over the App's own parts: a decision that is asked for is made by the function that webhooks use. */
export async function apiOf(around: ApiAround): Promise<Api> {
  const workFor = async (repository: string): Promise<{ work: Work; seen: InstalledRepository }> => {
    const seen = await around.installed(repository);
    if (!seen) throw notInstalled(repository);
    return { work: await around.workOf(seen.installation), seen };
  };
  const verdicts = analyses({
    ...around,
    policyOf: async (repository) => {
      const { work, seen } = await workFor(repository);
      return await activePolicy(work.client, ownerAndName(seen.name));
    },
    telemetryOf: around.telemetryOf,
    ...optional("linkOf", linkUnder(around.publicUrl)),
  });
  return createApi({
    ...around,
    async written({ name: repository, installation }, stream, events) {
      const at = lookAt(events, around.now());
      if (at === undefined || parseStream(stream)?.kind !== "service") return;
      const { later, warn } = around;
      // No rollout waits for whoever watches over it: the timer before this one stands still.
      await wakeRollout({ repository, stream, why: "written" }, at, { installation, later }).catch(
        (error: unknown) => warn(`${stream} of ${repository} is not watched over: ${String(error)}`),
      );
    },
    analyses: verdicts,
    flagger: flaggerGate({ ...around, analyses: verdicts }),
    async policyOf(owner, name) {
      const { work } = await workFor(`${owner}/${name}`);
      const { policy } = await activePolicy(work.client, { owner, name });
      const { weights, mapping, thresholds, calendar, services, guardrails, version } = policy;
      return {
        documents: {
          "risk-weights": weights,
          "strategy-mapping-policy": mapping,
          "thresholds-and-windows": thresholds,
          ...(calendar ? { calendar } : {}),
          ...(services ? { services } : {}),
          guardrails,
        },
        version: { name: policy.name, ...version },
      };
    },
    async decide({ repository, head, environment, service, facts, source, trusted, actor }) {
      const { work, seen } = await workFor(repository);
      if (facts) {
        const { installation, name: repository } = seen;
        await work.database.transaction(async (within) => {
          await keepFacts(within, { repository, sha: head, facts }, { source, trusted });
          await insertDeliveries(within, [newFactsDelivery({ installation, repository, sha: head })]);
        });
      }
      const { owner, name } = ownerAndName(seen.name);
      const subject: Subject = {
        kind: "release",
        owner,
        name,
        head,
        baseBranch: seen.defaultBranch,
        defaultBranch: seen.defaultBranch,
        title: "",
        author: actor,
        authorIsBot: false,
        readOnly: false,
        fromFork: false,
        trustedRun: false,
      };
      const decided = await decideChange(subject, work, {
        ...optional("environment", environment),
        ...optional("service", service),
      });
      if (decided) return decided.decision;
      throw new UserError(
        "not-configured",
        `${seen.name} says nothing of adaptive-deploy on its default branch. Add .github/adaptive-deploy.yml there.`,
        exitCodes.badInput,
      );
    },
  });
}

function linkUnder(publicUrl: string | undefined) {
  if (publicUrl === undefined) return undefined;
  return (repository: string, id: string): string =>
    `${publicUrl}/v1/analysis/${id}?repository=${encodeURIComponent(repository)}`;
}

function notInstalled(repository: string): UserError {
  return new UserError(
    "not-found",
    `The App is not installed on ${repository}, or GitHub does not show it.`,
    exitCodes.unavailable,
  );
}
