import type { ResolvedPolicy } from "../../adapters/policy/resolve.ts";
import { exitCodes, UserError } from "../../core/errors.ts";
import { defaultEnvironment } from "../../core/policy/environment.ts";
import { type ServiceTarget, targetKinds } from "../../core/policy/schema/targets/index.ts";
import type { Thresholds } from "../../core/policy/schema.ts";
import { thresholdsFor } from "../../core/policy/scope.ts";
import { didYouMean } from "../../core/policy/suggest.ts";
import { printable } from "../io.ts";

export type Place = { service: string; environment: string; config: ServiceTarget; thresholds: Thresholds };

/** The service as the team wrote it down on the default branch: where it runs and what holds for it. */
export function placeOf(
  asked: { service?: string; environment?: string; target?: string },
  { policy, configuration }: ResolvedPolicy,
): Place {
  const known = policy.services?.services ?? [];
  const name = asked.service ?? configuration.service ?? only(known.map((one) => one.name));
  const service = known.find((one) => one.name === name);
  const names = known.map((one) => one.name);
  if (service === undefined || name === undefined)
    throw new UserError(
      "unknown-service",
      `services.yaml has no service ${name === undefined ? "that was named" : `"${printable(name)}"`}. Known: ${names.join(", ") || "none"}${name === undefined ? "" : didYouMean(name, names)}. Name one in \`service\`.`,
      exitCodes.usage,
    );
  if (service.target === undefined)
    throw new UserError(
      "no-target",
      `services.yaml does not say where ${service.name} runs. Write \`target: { kind: … }\` there; allowed kinds: ${targetKinds.join(", ")}.`,
    );
  if (asked.target !== undefined && asked.target !== service.target.kind)
    throw new UserError(
      "other-target",
      `The step expects ${printable(asked.target)}, and services.yaml says that ${service.name} runs on ${service.target.kind}. Mend one of the two.`,
    );
  const environment = asked.environment ?? configuration.environment ?? defaultEnvironment;
  const thresholds = thresholdsFor(policy.thresholds, { service: service.name, environment });
  return { service: service.name, environment, config: service.target, thresholds };
}

function only(names: readonly string[]): string | undefined {
  return names.length === 1 ? names[0] : undefined;
}
