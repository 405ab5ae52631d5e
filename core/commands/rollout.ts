import { editDistance } from "../policy/guardrails/suggest.ts";
import {
  type Incomplete,
  incomplete,
  isReason,
  longestReason,
  missing,
  type RolloutWord,
  rolloutWords,
} from "./usage.ts";

/** Without service and environment it means the only rollout that is under way, or the one that an incident is of. */
export type RolloutCommand = {
  kind: "rollout";
  word: RolloutWord;
  service?: string;
  environment?: string;
  reason?: string;
};
export type QuarantineCommand = {
  kind: "quarantine";
  service: string;
  environment: string;
  digest: string;
  reason: string;
};
export type RollbackCommand = { kind: "rollback"; service: string; environment: string; reason: string };

/** What lets a rollout go on without its evidence, or against it, says why; who stops one may be in a hurry. */
const withReason: readonly RolloutWord[] = ["hold", "approve", "promote", "overrule"];
const place = /^(service|environment)=(\S{1,256})(?:[ \t]+|$)/;

/** Other words behind `/rollout` are talk, but for one that is nearly ours. */
export function rolloutCommand(words: string): RolloutCommand | QuarantineCommand | Incomplete | undefined {
  const [, first = "", rest = ""] = /^(\S*)[ \t]*(.*)$/.exec(words) ?? [];
  if (first === "quarantine") return quarantineCommand(rest);
  const named = first === "" ? "status" : first;
  const word = rolloutWords.find((one) => one === named);
  if (word === undefined) {
    const meant = rolloutWords.find(
      (one) => one.length > 4 && editDistance(named.toLowerCase(), one, 2) <= 2,
    );
    if (meant === undefined) return undefined;
    return incomplete(
      "rollout",
      "misspelt",
      `There is no word \`${first}\` for a rollout; there are ${rolloutWords.join(", ")}.`,
    );
  }
  const where: Pick<RolloutCommand, "service" | "environment"> = {};
  let reason = rest;
  for (let found = place.exec(reason); found !== null; found = place.exec(reason)) {
    const [all, key, value = ""] = found;
    where[key === "service" ? "service" : "environment"] = value;
    reason = reason.slice(all.length);
  }
  if (isReason(reason))
    return { kind: "rollout", word, ...where, reason: reason.trim().slice(0, longestReason) };
  return withReason.includes(word) ? missing("rollout") : { kind: "rollout", word, ...where };
}

function quarantineCommand(words: string): QuarantineCommand | Incomplete {
  const [, service, environment, digest, reason = ""] =
    /^(\S{1,256})[ \t]+(\S{1,256})[ \t]+(\S{1,1000})(?:[ \t]+(.*))?$/.exec(words) ?? [];
  if (service === undefined || environment === undefined || digest === undefined)
    return incomplete(
      "quarantine",
      "missing-place",
      "It does not say which version is kept out, of which service and where.",
    );
  if (![service, environment, digest, reason].every(isReason)) return missing("quarantine");
  return { kind: "quarantine", service, environment, digest, reason: reason.trim().slice(0, longestReason) };
}

export function rollbackCommand(words: string): RollbackCommand | Incomplete {
  const [, service, environment, reason = ""] =
    /^(\S{1,256})[ \t]+(\S{1,256})(?:[ \t]+(.*))?$/.exec(words) ?? [];
  if (service === undefined || environment === undefined || !isReason(service) || !isReason(environment))
    return incomplete("rollback", "missing-place", "It does not say which service goes back, and where.");
  if (!isReason(reason)) return missing("rollback");
  return { kind: "rollback", service, environment, reason: reason.trim().slice(0, longestReason) };
}
