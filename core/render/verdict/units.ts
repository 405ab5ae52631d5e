import type { MetricVerdict } from "../../analysis/verdict.ts";
import { grouped, signed } from "../numbers.ts";

/** Numbers of a verdict as people write them: "0.8 %", "231 ms", "512 MiB", "+3 % ± 6 %", "+0.6 ± 0.3 points". */

export type Unit = MetricVerdict["unit"];
export type Effect = NonNullable<MetricVerdict["effect"]>;
export type Interval = Pick<Effect, "unit" | "estimate" | "lower" | "upper">;

/** What a value is divided by before it is written, and what is written behind it. */
export type Scale = { divisor: number; suffix: string };

type Step = Scale & { from: number };

const timeSteps: readonly Step[] = [
  { from: 172_800, divisor: 86_400, suffix: " d" },
  { from: 7200, divisor: 3600, suffix: " h" },
  { from: 120, divisor: 60, suffix: " min" },
  { from: 0.9995, divisor: 1, suffix: " s" },
  { from: 0.000_999_5, divisor: 0.001, suffix: " ms" },
  { from: 0, divisor: 0.000_001, suffix: " µs" },
];

const steps: Record<Unit, readonly Step[]> = {
  share: [{ from: 0, divisor: 0.01, suffix: " %" }],
  seconds: timeSteps,
  milliseconds: timeSteps.map(({ from, divisor, suffix }) => ({
    from: from * 1000,
    divisor: divisor * 1000,
    suffix,
  })),
  bytes: [
    { from: 1024 ** 4, divisor: 1024 ** 4, suffix: " TiB" },
    { from: 1024 ** 3, divisor: 1024 ** 3, suffix: " GiB" },
    { from: 1024 ** 2, divisor: 1024 ** 2, suffix: " MiB" },
    { from: 1024, divisor: 1024, suffix: " KiB" },
    { from: 0, divisor: 1, suffix: " B" },
  ],
  number: [
    { from: 1e12, divisor: 1e12, suffix: " T" },
    { from: 1e9, divisor: 1e9, suffix: " G" },
    { from: 1e6, divisor: 1e6, suffix: " M" },
    { from: 0, divisor: 1, suffix: "" },
  ],
};

const zeroUnits: Record<Unit, string> = {
  share: " %",
  seconds: " ms",
  milliseconds: " ms",
  bytes: " B",
  number: "",
};

/** The scale for values up to a size. What is out of all proportion gets an exponent, so that no text grows long. */
export function scaleOf(unit: Unit, size: number): Scale {
  if (!(size > 1e-300)) return { divisor: 1, suffix: zeroUnits[unit] };
  const step = steps[unit].find(({ from }) => size >= from) ?? { divisor: 1, suffix: "" };
  return withExponent({ divisor: step.divisor, suffix: step.suffix }, size);
}

function withExponent({ divisor, suffix }: Scale, size: number): Scale {
  const shown = size / divisor;
  if (shown < 1e6 && shown >= 1e-4) return { divisor, suffix };
  const power = Math.floor(Math.log10(shown));
  if (!Number.isFinite(power) || 10 ** power * divisor === 0) return { divisor, suffix };
  return { divisor: divisor * 10 ** power, suffix: `e${power}${suffix}` };
}

/** A value with its unit; "no data" where nobody measured one. */
export function valueText(value: number | null, unit: Unit): string {
  if (value === null || !Number.isFinite(value)) return "no data";
  if (unit === "share") return shareText(value);
  const { divisor, suffix } = scaleOf(unit, Math.abs(value));
  return `${grouped(Number((value / divisor).toPrecision(3)))}${suffix}`;
}

/** Digits follow the distance from the nearer end: 0.083 %, 0.8 %, 12.4 %, 99.95 %. */
function shareText(share: number): string {
  const percent = share * 100;
  const inside = percent >= 0 && percent <= 100;
  if (!inside && Math.abs(percent) >= 1e6) {
    const { divisor, suffix } = scaleOf("share", Math.abs(share));
    return `${grouped(Number((share / divisor).toPrecision(3)))}${suffix}`;
  }
  const distance = inside ? Math.min(percent, 100 - percent) : Math.abs(percent);
  if (inside && distance > 0 && distance < 0.0001) {
    return percent < 50 ? "under 0.0001 %" : "over 99.9999 %";
  }
  const decimals = distance >= 1 || distance === 0 ? 1 : Math.min(5, 1 - Math.floor(Math.log10(distance)));
  return `${fixed(percent, decimals)} %`;
}

/** Whole where that says enough, else as many decimals as given, without zeros at the end. */
export function fixed(value: number, decimals: number): string {
  return grouped(Number(value.toFixed(Math.min(20, Math.max(0, decimals)))));
}

/** A number without a unit, as evidence has: "6.9", "−0.4", "4.03 M". */
export function figureText(value: number): string {
  return Math.abs(value) >= 1e6 ? valueText(value, "number") : fixed(value, 1);
}

/** How a difference is written: its own unit, or that of the metric's values. */
export function effectScale(effectUnit: Effect["unit"], unit: Unit, size: number): Scale {
  if (effectUnit === "percent") return withExponent({ divisor: 1, suffix: " %" }, Math.max(size, 1e-3));
  if (effectUnit === "points") return withExponent({ divisor: 1, suffix: " points" }, Math.max(size, 1e-3));
  const scale = scaleOf(unit, size);
  return unit === "share" ? { ...scale, suffix: scale.suffix.replace(" %", " points") } : scale;
}

/** A shift with its sign: "+3 %", "−0.6 points", "+12 ms". */
export function shiftText(shift: number, effectUnit: Effect["unit"], unit: Unit): string {
  const { divisor, suffix } = effectScale(effectUnit, unit, Math.abs(shift));
  const shown = shift / divisor;
  return `${signed(Number(shown.toPrecision(2)))}${suffix}`;
}

/** A length without a sign, as a margin has: "5 %", "0.5 points". */
export function lengthText(length: number, effectUnit: Effect["unit"], unit: Unit): string {
  return shiftText(Math.abs(length), effectUnit, unit).replace(/^\+/u, "");
}

/** "+3 % ± 6 %" where the estimate stands about in the middle, else "+21 % (+9 % to +38 %)". */
export function intervalText(interval: Interval, unit: Unit): string {
  const { estimate, lower, upper } = interval;
  const size = Math.max(Math.abs(estimate), Math.abs(lower), Math.abs(upper));
  const { divisor, suffix } = effectScale(interval.unit, unit, size);
  const [middle, low, high] = [estimate / divisor, lower / divisor, upper / divisor];
  const decimals = decimalsFor((high - low) / 2, middle);
  const show = (value: number) => signed(Number(value.toFixed(decimals)));
  // "Points" once behind both figures reads better; a percent sign belongs to each.
  const [each, last] = suffix === " points" ? ["", suffix] : [suffix, ""];
  const half = (high - low) / 2;
  const isMiddle = Math.abs(high - middle - (middle - low)) <= half / 5;
  if (isMiddle && half >= 0) return `${show(middle)}${each} ± ${fixed(half, decimals)}${each}${last}`;
  return `${show(middle)}${each} (${show(low)}${each} to ${show(high)}${each})${last}`;
}

/** One digit that means something in the interval is enough: more would be noise to a reader. */
function decimalsFor(half: number, middle: number): number {
  const size = half > 0 ? half / 3 : Math.abs(middle) / 10;
  if (!(size > 0)) return 0;
  return Math.min(6, Math.max(0, Math.ceil(-Math.log10(size))));
}

/** Marks of an axis, all on one scale, with as many decimals as their distance asks for. */
export function tickTexts(ticks: readonly number[], suffix: string): string[] {
  const [first = 0, second = first] = ticks;
  const apart = Math.abs(second - first);
  const decimals = apart > 0 ? Math.min(12, Math.max(0, Math.ceil(-Math.log10(apart) - 1e-9))) : 0;
  return ticks.map((tick) => `${fixed(tick, decimals)}${suffix}`);
}
