const cents: Record<string, number> = { tea: 450, cup: 1200, kettle: 3900 };

/** From ten pieces on a tenth is off. */
export function priceOf(article: string, pieces: number): number {
  const each = cents[article];
  if (each === undefined) throw new RangeError(`There is no ${article}.`);
  const whole = each * pieces;
  return pieces < 10 ? whole : Math.round(whole * 0.9);
}
