/** Points and weights on the way from 0 to 1 that integrate every polynomial below twice their number exactly (Gauss and Legendre). */
export type Quadrature = { points: Float64Array; weights: Float64Array };

export function quadrature(count: number): Quadrature {
  const points = new Float64Array(count);
  const weights = new Float64Array(count);
  for (let index = 0; index < count; index += 1) {
    // Newton's steps from Tricomi's first guess; the polynomial comes from its three-term recurrence.
    let at = Math.cos((Math.PI * (index + 0.75)) / (count + 0.5));
    let slope = 0;
    for (let step = 0; step < 100; step += 1) {
      let value = 1;
      let before = 0;
      for (let degree = 1; degree <= count; degree += 1)
        [value, before] = [((2 * degree - 1) * at * value - (degree - 1) * before) / degree, value];
      slope = (count * (at * value - before)) / (at * at - 1);
      const change = value / slope;
      at -= change;
      if (Math.abs(change) < 1e-16) break;
    }
    points[index] = (1 - at) / 2;
    weights[index] = 1 / ((1 - at * at) * slope * slope);
  }
  return { points, weights };
}
