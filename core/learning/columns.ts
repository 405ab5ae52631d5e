import type { ChangeFacts } from "../change/facts.ts";
import type { RiskWeights } from "../policy/schema.ts";
import { scoreFacts } from "../risk/score.ts";
import { saysFix } from "./words.ts";

/**
 * What a model is told of a change, by the names that research gave them. One function for what is learnt from and for
 * what is decided on, so that a column never means two things.
 */
type Column = (facts: ChangeFacts, shipped: RiskWeights) => number | boolean | null | undefined;

const columns = {
  /** Lines added and deleted, files, folders, modules and spread: only what counts. */
  la: ({ diff }) => diff?.additions,
  ld: ({ diff }) => diff?.deletions,
  nf: ({ diff }) => diff?.files,
  nd: ({ diff }) => diff?.directories,
  ns: ({ diff }) => diff?.modules,
  entropy: ({ diff }) => diff?.entropy,
  /** Lines that the touched files had before, on average. */
  lt: ({ history }) => history?.past?.lines_before,
  /** People who changed the touched file that most people changed. */
  ndev: ({ history }) => history?.past?.developers,
  /** Days since the touched files were last changed, on average, by the clock of the base. */
  age: ({ history }) => history?.past?.days_since_touched,
  /** Changes to the touched files before, all together. */
  nuc: ({ history }) => history?.past?.changes_before,
  fix: ({ change }) => (change?.title == null ? undefined : saysFix(change.title)),
  /** Changes within 30 days to the busiest touched file. */
  churn: ({ diff }) => diff?.churn,
  db_schema: ({ kinds }) => kinds?.db_schema,
  infrastructure: ({ kinds }) => kinds?.infrastructure,
  firmware: ({ kinds }) => kinds?.firmware,
  kernel_driver: ({ kinds }) => kinds?.kernel_driver,
  bot: ({ change }) => change?.author_is_bot,
  /** Points under the weights that are shipped, whatever the policy's own are, on the facts of the diff alone. */
  heuristic: ({ diff }, shipped) =>
    diff?.additions == null ? undefined : scoreFacts({ schema_version: 1, diff }, shipped).score,
} satisfies Record<string, Column>;

/** Only where policy turns facts of the author on. */
const authorColumns = {
  /** Changes by the author merged here before. */
  exp: ({ author }) => author?.changes_here,
} satisfies Record<string, Column>;

export const columnNames: readonly string[] = Object.keys(columns);
export const authorColumnNames: readonly string[] = Object.keys(authorColumns);

/** Of facts as they are decided on; undefined where a fact is unknown, which is never zero. */
export function columnsOf(
  facts: ChangeFacts,
  shipped: RiskWeights,
  withAuthor = false,
): Record<string, number | undefined> {
  const asked: Record<string, Column> = withAuthor ? { ...columns, ...authorColumns } : columns;
  const result: Record<string, number | undefined> = {};
  for (const name in asked) {
    const value = asked[name]?.(facts, shipped);
    result[name] = value == null ? undefined : Number(value);
  }
  return result;
}
