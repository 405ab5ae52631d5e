/**
 * What the two arms of one and the same version do: how they move together, and how far they lie apart. On the scale
 * of a `Pair`; learnt from rollouts without an effect, and what boundaries and intervals rest on.
 */
export type Noise = {
  /** The level that a rollout of today has, and how far it may lie from that of others. */
  level: number;
  levelSpread: number;
  /** What moves both arms, and its correlation from one window to the next. */
  shared: number;
  sharedCorrelation: number;
  /** Of the difference of both arms: what lasts the whole rollout, for other machines and other users. */
  lasting: number;
  /** What comes and goes of it, and its correlation from one window to the next. */
  drift: number;
  driftCorrelation: number;
  /** What a single window has of it, beyond what counting explains. */
  scatter: number;
  /** How many times the variance of counting the counts really have. */
  dispersion: number;
  /** How alike rollouts are in their noise, as degrees of freedom: few where one may be far noisier than the next. */
  alikeness: number;
  /** Values that `lasting` may have as well, with how likely they are: what is known of it after the history. */
  lastingLikely: { value: number; weight: number }[];
  windowSeconds: number;
  /** Rollouts that it was learnt from; 0 is the default. */
  rollouts: number;
  /** The typical share of a ratio, and the size of a typical value on the linear scale. */
  reference?: number;
};

export type NoiseKind = "ratio" | "gauge" | "histogram";

type Default = Pick<Noise, "shared" | "lasting" | "drift" | "scatter" | "dispersion" | "alikeness">;

/**
 * What is taken for true before anything was learnt: two arms that differ lastingly, and drift. A rollout that is
 * quieter or louder than this shows it itself, because few degrees of freedom let its own windows speak.
 */
const defaults: Record<NoiseKind, Default> = {
  ratio: { shared: 0.3, lasting: 0.12, drift: 0.3, scatter: 0, dispersion: 1.2, alikeness: 20 },
  gauge: { shared: 0.15, lasting: 0.04, drift: 0.06, scatter: 0.08, dispersion: 1, alikeness: 10 },
  histogram: { shared: 0.15, lasting: 0.04, drift: 0.06, scatter: 0.04, dispersion: 1.2, alikeness: 10 },
};

export function defaultNoise(kind: NoiseKind, windowSeconds: number): Noise {
  const own = defaults[kind];
  return {
    ...own,
    // Of a share, its typical root; of others nothing is known, and the first value is as good.
    level: kind === "ratio" ? 2 : 0,
    levelSpread: Number.POSITIVE_INFINITY,
    sharedCorrelation: hangingTogether(0.8, windowSeconds),
    driftCorrelation: hangingTogether(0.5, windowSeconds),
    lastingLikely: [0.5, 0.8, 1, 1.5].map((times) => ({ value: times * own.lasting, weight: 0.25 })),
    windowSeconds,
    rollouts: 0,
  };
}

const usualWindowSeconds = 120;
const mostTogether = 0.98;

/** What hangs together over two minutes does so more over shorter windows, and less over longer ones. */
function hangingTogether(correlation: number, windowSeconds: number): number {
  return Math.min(mostTogether, correlation ** (windowSeconds / usualWindowSeconds));
}
