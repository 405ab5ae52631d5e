/**
 * The first selector of a query that has matchers, for example `http_requests_total{job="shop"}`: what a store is asked
 * for the values of a label with. Undefined where there is none.
 */
export function selectorIn(query: string): string | undefined {
  for (const { index } of query.matchAll(/[a-zA-Z_:][a-zA-Z0-9_:]*\{/g)) {
    if (isQuoted(query, index)) continue;
    const end = endOfMatchers(query, query.indexOf("{", index));
    if (end !== undefined) return query.slice(index, end);
  }
  return undefined;
}

/** True where an odd number of quotes lies before: what looks like a selector is the text of a matcher. */
function isQuoted(query: string, index: number): boolean {
  return query.slice(0, index).replaceAll(/\\./g, "").split('"').length % 2 === 0;
}

function endOfMatchers(query: string, from: number): number | undefined {
  let quote = "";
  for (let at = from; at < query.length; at++) {
    const character = query.charAt(at);
    if (quote !== "") {
      if (character === "\\" && quote !== "`") at++;
      else if (character === quote) quote = "";
    } else if (/["'`]/.test(character)) quote = character;
    else if (character === "}") return at + 1;
  }
  return undefined;
}
