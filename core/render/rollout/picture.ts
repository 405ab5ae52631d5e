import type { RolloutEvent } from "../../rollout/events.ts";
import type { RolloutState } from "../../rollout/state.ts";
import { statusOf } from "../../rollout/status.ts";
import { plain, xml } from "../escape.ts";
import { counted, rounded } from "../numbers.ts";
import { durationWords } from "../plan.ts";
import type { Voice } from "../sentences.ts";
import { type Drawing, defaultWidth, tenth, valueAxis } from "../verdict/plots/frame.ts";
import { movedApart } from "../verdict/plots/marks.ts";
import { plotStyle } from "../verdict/plots/style.ts";
import { svgElement } from "../verdict/plots/svg.ts";
import { cutToWidth } from "../width.ts";
import { standingWords, versionsOf } from "./sentences.ts";
import { type Moment, type Timeline, timelineOf } from "./timeline.ts";
import { clockWords } from "./words.ts";

/** A rollout as a picture: what the candidate had when, and under it what was found and said, by number. */

const voice: Voice = { show: plain, name: (text) => plain(text, 80), strong: (text) => text };

const width = defaultWidth;
const [left, right] = [52, width - 28];
const [lane, top, bottom] = [72, 90, 220];
const rowHeight = 20;
const mostMoments = 16;
/** Of a word's letters, so that a line is never cut off in a wide font. */
const columns = 92;

/** `id` tells the pictures of a page apart; it is set into the markup as it is. */
export function renderRolloutSvg(
  state: RolloutState,
  events: readonly RolloutEvent[],
  now: string,
  id = "ar",
): string {
  return `${svgElement(rolloutPicture(state, events, now), id, `<style>${rolloutPictureStyle}</style>`)}\n`;
}

function rolloutPicture(state: RolloutState, events: readonly RolloutEvent[], now: string): Drawing {
  const status = statusOf(state, null, now);
  const timeline = timelineOf(state, events, now);
  const { begins, ends, moments } = timeline;
  const x = (at: number): number => tenth(left + ((at - begins) / (ends - begins)) * (right - left));
  const shown = moments.slice(-mostMoments).map((moment, index) => ({ ...moment, number: index + 1 }));
  const earlier = moments.length - shown.length;
  const title = `${voice.name(status.service)} in ${voice.name(status.environment)}: ${standingWords(status)}`;
  const took = durationWords(Math.round((ends - begins) / 1000));
  const about = [versionsOf(status, voice), `opened ${clockWords(state.openedAt, "")}, ${took}`];
  const rows = bottom + 44;
  return {
    width,
    height: rows + (shown.length + (earlier > 0 ? 1 : 0)) * rowHeight,
    title,
    description: `${about.join(", ")}. ${moments.map(({ words }) => plain(words, 200)).join(" ")}`,
    body: [
      `<text class="av-title" x="8" y="18">${xml(cutToWidth(title, columns))}</text>`,
      ...about.map(
        (text, index) =>
          `<text class="av-axis" x="8" y="${36 + index * 15}">${xml(cutToWidth(text, 110))}</text>`,
      ),
      ...valueAxis({
        left,
        right,
        y,
        ticks: sharesOf(state).map((value) => ({ value, text: `${rounded(value)} %` })),
      }),
      ...timeAxis(timeline, x),
      ...drawnShares(timeline, x, state.doing.kind === "ended"),
      ...shareLabels(timeline, x),
      ...drawnMoments(shown, timeline, x),
      ...shown.flatMap((moment, index) => row(moment, rows + index * rowHeight)),
      ...(earlier > 0
        ? [
            `<text class="av-axis" x="8" y="${rows + shown.length * rowHeight}">${counted(earlier, "moment")} before these left out.</text>`,
          ]
        : []),
    ],
  };
}

const y = (share: number): number => tenth(bottom - (share / 100) * (bottom - top));

/** Lines at the plan's own shares, as far as they have room between each other. */
function sharesOf({ plan }: RolloutState): number[] {
  const kept = [0, 100];
  for (const { share } of plan.steps.toReversed())
    if (kept.every((one) => Math.abs(one - share) >= 9)) kept.push(share);
  return kept.toSorted((one, other) => one - other);
}

const minute = 60;
const hour = 60 * minute;
const day = 24 * hour;
const steps = [
  1,
  2,
  5,
  10,
  15,
  30,
  minute,
  2 * minute,
  5 * minute,
  10 * minute,
  15 * minute,
  30 * minute,
].concat([hour, 2 * hour, 3 * hour, 6 * hour, 12 * hour, day, 2 * day, 7 * day]);
const mostTicks = 7;

/** Time since it was opened, at round lengths. */
function timeAxis({ begins, ends }: Timeline, x: (at: number) => number): string[] {
  const seconds = (ends - begins) / 1000;
  const apart =
    steps.find((step) => seconds / step <= mostTicks) ?? day * Math.ceil(seconds / day / mostTicks);
  return Array.from({ length: Math.floor(seconds / apart) + 1 }, (_, index) => {
    const text = index === 0 ? "0" : durationWords(index * apart);
    return `<text class="av-axis" x="${x(begins + index * apart * 1000)}" y="${bottom + 16}" text-anchor="middle">${text}</text>`;
  });
}

function drawnShares({ shares, ends }: Timeline, x: (at: number) => number, isOver: boolean): string[] {
  const points = shares.flatMap(({ at, share }, index) => [
    `${x(at)},${y(shares[index - 1]?.share ?? share)}`,
    `${x(at)},${y(share)}`,
  ]);
  const last = `${x(ends)},${y(shares.at(-1)?.share ?? 0)}`;
  const line = [...points, last].join(" ");
  const end = isOver ? "dot" : "hollow";
  return [
    `<polygon class="av-harm" points="${left},${bottom} ${line} ${right},${bottom}"/>`,
    `<polyline class="av-line av-candidate" points="${line}"/>`,
    `<circle class="av-${end} av-candidate" cx="${right}" cy="${y(shares.at(-1)?.share ?? 0)}" r="4"/>`,
  ];
}

/** Small shares lie close to each other on the axis: each is told where it begins, if it lasts. */
function shareLabels({ shares, ends }: Timeline, x: (at: number) => number): string[] {
  return shares.flatMap(({ at, share }, index) => {
    const room = x(shares[index + 1]?.at ?? ends) - x(at);
    if (share === 0 || room < 40) return [];
    const up = share > 90 ? 14 : -5;
    return `<text class="av-label" x="${tenth(x(at) + 5)}" y="${tenth(y(share) + up)}">${rounded(share)} %</text>`;
  });
}

type Numbered = Moment & { number: number };

/** Numbers stand in a lane above the plot, moved apart, each with a line down to its own time. */
function drawnMoments(
  moments: readonly Numbered[],
  { shares }: Timeline,
  x: (at: number) => number,
): string[] {
  const wanted = moments.map(({ at }) => x(at));
  const places = movedApart(wanted, { from: left, to: right, apart: 19 });
  return moments.flatMap((moment, index) => {
    const place = places[index] ?? left;
    const at = wanted[index] ?? left;
    const share = shares.findLast((one) => one.at <= moment.at)?.share ?? 0;
    return [
      `<polyline class="ar-drop ar-line-${moment.level}" points="${tenth(place)},${lane + 8} ${at},${top} ${at},${y(share)}"/>`,
      ...badge(moment, tenth(place), lane),
    ];
  });
}

/** What a person said is square, so that nothing is told by its colour alone. */
function badge({ level, number, words }: Numbered, x: number, y: number): string[] {
  const shape =
    level === "person"
      ? `<rect class="ar-${level}" x="${tenth(x - 8)}" y="${y - 8}" width="16" height="16" rx="3"/>`
      : `<circle class="ar-${level}" cx="${x}" cy="${y}" r="8"/>`;
  const text = `<text class="ar-number" x="${x}" y="${y + 3.5}" text-anchor="middle">${number}</text>`;
  return [`<g><title>${xml(plain(words, 400))}</title>${shape}${text}</g>`];
}

function row(moment: Numbered, y: number): string[] {
  const clock = new Date(moment.at).toISOString().slice(11, 19);
  return [
    ...badge(moment, 18, y - 4),
    `<text class="av-axis" x="34" y="${y}">${clock}</text>`,
    `<text class="av-label" x="92" y="${y}">${xml(cutToWidth(plain(moment.words, 400), columns))}</text>`,
  ];
}

const palette = {
  light: { good: "#1a7f37", care: "#9a6700", bad: "#cf222e", person: "#6639ba", number: "#ffffff" },
  dark: { good: "#3fb950", care: "#d29922", bad: "#f85149", person: "#ab7df8", number: "#0d1117" },
};

function coloursOf({ number, ...levels }: (typeof palette)["light"]): string {
  const kinds = Object.entries(levels).map(
    ([level, colour]) => `.ar-${level}{fill:${colour}}.ar-line-${level}{stroke:${colour}}`,
  );
  return `.av-plot .ar-number{fill:${number}}${kinds.join("")}`;
}

export const rolloutPictureStyle =
  `${plotStyle}.av-plot .ar-number{font-size:10px;font-weight:600}.ar-drop{fill:none;stroke-width:1;stroke-dasharray:2 2}` +
  `${coloursOf(palette.light)}@media (prefers-color-scheme:dark){${coloursOf(palette.dark)}}`;
