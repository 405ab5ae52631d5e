import { type Arms, arms, type LevelBelief, type Sums } from "./arms.ts";
import type { Noise } from "./noise.ts";

/**
 * How a filter's covariances, gains and columns go does not depend on the values, only on their variances. Where
 * thousands of rollouts of one traffic are simulated, that part is worked out once and played back.
 */
export type Tape = {
  belief: LevelBelief;
  columns: number;
  /** Of each window and arm: five gains, and one over the variance. */
  gains: Float64Array;
  /** Of each window and arm, how each column's shift is seen. */
  seen: Float64Array;
  /** After each window: what is known of each column, and the logarithms of the variances so far. */
  information: Float64Array;
  logs: Float64Array;
};

const states = 5;
const perValue = states + 1;

export function recordTape(
  noise: Noise,
  belief: LevelBelief,
  columns: number,
  windows: readonly { baseline: number; candidate: number; begins: boolean }[],
): Tape {
  const tape: Tape = {
    belief,
    columns,
    gains: new Float64Array(windows.length * 2 * perValue),
    seen: new Float64Array(windows.length * 2 * columns),
    information: new Float64Array(windows.length * columns),
    logs: new Float64Array(windows.length),
  };
  let value = 0;
  const filter = arms(noise, belief, columns, (gains, seen) => {
    tape.gains.set(gains, value * perValue);
    tape.seen.set(seen, value * columns);
    value += 1;
  });
  for (const [window, { baseline, candidate, begins }] of windows.entries()) {
    if (begins) filter.begin();
    filter.add(0, 0, baseline, candidate);
    tape.information.set(filter.information, window * columns);
    tape.logs[window] = filter.sums.logs + Math.log(filter.sums.product);
  }
  return tape;
}

/** The same filter from its tape: variances are those that were recorded, whatever is given. No window is skipped. */
export function playTape(noise: Noise, tape: Tape): Arms {
  const { belief, columns, gains, seen } = tape;
  const { correlation } = belief;
  const { driftCorrelation } = noise;
  const state = new Float64Array(states);
  const scores = new Float64Array(columns);
  const information = new Float64Array(columns);
  const sums: Sums = { squares: 0, logs: 0, product: 1 };
  let window = -1;
  state[0] = belief.level;

  const update = (value: number, index: number, candidate: boolean): void => {
    const base = index * perValue;
    const level = (state[0] ?? 0) + (state[1] ?? 0);
    const own = candidate ? (state[3] ?? 0) + (state[4] ?? 0) : (state[2] ?? 0);
    const error = value - level - own;
    const weighed = error * (gains[base + states] ?? 0);
    for (let at = 0; at < states; at++) state[at] = (state[at] ?? 0) + (gains[base + at] ?? 0) * error;
    const first = index * columns;
    for (let column = 0; column < columns; column++)
      scores[column] = (scores[column] ?? 0) + (seen[first + column] ?? 0) * weighed;
    sums.squares += error * weighed;
  };

  return {
    pass() {},
    begin() {},
    add(baseline, candidate) {
      window += 1;
      if (window > 0) {
        state[1] = (state[1] ?? 0) * correlation;
        state[2] = (state[2] ?? 0) * driftCorrelation;
        state[4] = (state[4] ?? 0) * driftCorrelation;
      }
      update(baseline, 2 * window, false);
      update(candidate, 2 * window + 1, true);
      for (let column = 0; column < columns; column++)
        information[column] = tape.information[window * columns + column] ?? 0;
      sums.logs = tape.logs[window] ?? 0;
    },
    scores,
    information,
    sums,
  };
}
