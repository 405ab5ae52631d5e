/** One statement and what stands in its places $1, $2 … */
export type Statement = { sql: string; parameters: readonly unknown[] };

/** Several writes as one statement: all of them or none, for one round trip and one commit. None may touch a row of another. */
export function together(writes: readonly Statement[]): Statement {
  const parameters: unknown[] = [];
  const parts = writes.map(({ sql, parameters: own }, index) => {
    const before = parameters.length;
    parameters.push(...own);
    return `write_${index} as (${sql.replace(/\$(\d+)/g, (_, number) => `$${Number(number) + before}`)})`;
  });
  return { sql: `with ${parts.join(", ")} select ${writes.length} as writes`, parameters };
}
