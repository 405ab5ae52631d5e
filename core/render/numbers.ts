/** 2310 → "2,310". Written out rather than left to a locale, so that equal decisions print equal text. */
export function grouped(value: number): string {
  const size = Math.abs(value);
  if (!Number.isFinite(value)) return "?";
  if (size >= 1e15) return value.toExponential(2);
  const [whole = "0", fraction] = size.toString().split(".");
  const withCommas = whole.replace(/\B(?=(?:\d{3})+$)/gu, ",");
  return `${value < 0 ? "−" : ""}${withCommas}${fraction ? `.${fraction}` : ""}`;
}

/** Two decimals below 10, one below 100, none above: more would be noise to a reader. */
export function rounded(value: number): string {
  const size = Math.abs(value);
  const decimals = size < 10 ? 2 : size < 100 ? 1 : 0;
  return grouped(Number(value.toFixed(decimals)));
}

/** +14, −4, 0, with a true minus sign. */
export function signed(points: number): string {
  if (points === 0) return "0";
  return points > 0 ? `+${grouped(points)}` : grouped(points);
}

export function counted(count: number, one: string, many = `${one}s`): string {
  return `${grouped(count)} ${count === 1 ? one : many}`;
}

/** "a, b and c" */
export function listed(items: readonly string[], conjunction = "and"): string {
  if (items.length < 2) return items.join("");
  return `${items.slice(0, -1).join(", ")} ${conjunction} ${items[items.length - 1]}`;
}

/** A share in words that people can picture: "about 1 in 14", "about 7 in 10". */
export function odds(probability: number): string {
  if (probability < 0.001) return "fewer than 1 in 1,000";
  if (probability <= 0.4) return `about 1 in ${grouped(Math.round(1 / probability))}`;
  if (probability > 0.95) return "nearly all";
  const tenths = Math.round(probability * 10);
  return tenths === 5 ? "about 1 in 2" : `about ${tenths} in 10`;
}
