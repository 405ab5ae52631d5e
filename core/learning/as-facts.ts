import type { ChangeFacts } from "../change/facts.ts";
import type { PolicyBundle } from "../policy/schema.ts";
import type { Sample } from "./sample.ts";

/**
 * A change of the past as facts to decide on, the other way round from core/learning/columns.ts. A change that touched
 * several services counts whole for each, because its columns are not kept apart.
 */
export function asFacts(
  { commit, title, facts, services }: Sample,
  policy: Pick<PolicyBundle, "services">,
  day: string,
): ChangeFacts {
  const yes = (name: string): boolean | undefined =>
    facts[name] === undefined ? undefined : facts[name] === 1;
  const diff: ChangeFacts["diff"] = {
    ...{ files: facts.nf, additions: facts.la, deletions: facts.ld, directories: facts.nd },
    ...{ modules: facts.ns, entropy: facts.entropy, churn: facts.churn },
  };
  const kinds: ChangeFacts["kinds"] = {
    ...{ db_schema: yes("db_schema"), infrastructure: yes("infrastructure") },
    ...{ firmware: yes("firmware"), kernel_driver: yes("kernel_driver") },
  };
  const declared = services.flatMap((name) => {
    const service = policy.services?.services.find((one) => one.name === name);
    return service
      ? [{ name, platforms: service.platforms, criticality: service.criticality, diff, kinds }]
      : [];
  });
  return {
    schema_version: 1,
    change: { head: commit, title, author_is_bot: yes("bot") },
    ...{ diff, kinds },
    history: {
      past: {
        ...{ lines_before: facts.lt, developers: facts.ndev },
        ...{ days_since_touched: facts.age, changes_before: facts.nuc },
      },
    },
    ...(facts.exp === undefined ? {} : { author: { changes_here: facts.exp } }),
    context: { day },
    ...(declared.length > 0 ? { services: declared } : {}),
  };
}
