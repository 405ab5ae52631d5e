import { analysisDefaults, mostWindows } from "../../analysis-defaults.ts";
import { parseDuration, parseMilliseconds } from "../../duration.ts";
import { profileNames } from "../../profiles.ts";
import { type Analysis, noProfile, type SloProfile, type Thresholds } from "../../schema.ts";
import { nearest } from "../../suggest.ts";
import type { Problem } from "../../yaml/problem.ts";
import { quoted } from "../../yaml/quoted.ts";
import type { BundleDocuments } from "../files.ts";

type Fault = { at: PropertyKey[]; message: string };
type Part = { path: PropertyKey[]; part: Thresholds };

/** What no shape can say of `analysis` and `profiles`: times are within bounds, windows fit, profiles exist. */
export function analysisProblems({ thresholds }: BundleDocuments, parts: readonly Part[]): Problem[] {
  if (thresholds?.value === undefined) return [];
  const { value, problemAt } = thresholds;
  const names = profileNames(value);
  const ofParts = parts.flatMap(({ path, part }) => {
    if (part.analysis === undefined) return [];
    const whole = { ...value.defaults.analysis, ...part.analysis };
    const faults = [
      ...profileFaults(part.analysis.profile, names),
      ...timeFaults(part.analysis),
      ...lengthFaults(whole, part.analysis),
    ];
    return faults.map(({ at, message }) => problemAt([...path, "analysis", ...at], message));
  });
  const ofProfiles = Object.entries(value.profiles ?? {}).flatMap(([name, profile]) =>
    ownProfileFaults(name, profile).map(({ at, message }) => problemAt(["profiles", name, ...at], message)),
  );
  return [...ofParts, ...ofProfiles];
}

function profileFaults(profile: string | undefined, names: readonly string[]): Fault[] {
  if (profile === undefined || names.includes(profile)) return [];
  const suggestion = nearest(profile, names);
  const hint = suggestion === undefined ? "" : `; did you mean ${suggestion}?`;
  const message = `profile: ${quoted(profile)} is not one of ${names.join(", ")}${hint}`;
  return [{ at: ["profile"], message }];
}

const day = 86_400;

function timeFaults(analysis: Analysis): Fault[] {
  return [
    ...outside(["window"], analysis.window, 1, 7 * day, "between 1s and 7d"),
    ...outside(["longest"], analysis.longest, 1, 366 * day, "between 1s and a year"),
    ...outside(["warm-up"], analysis["warm-up"], 0, day, "at most 1d"),
    ...outside(
      ["shared-fault", "began-within"],
      analysis["shared-fault"]?.["began-within"],
      0,
      day,
      "at most 1d",
    ),
    ...outside(["slo", "period"], analysis.slo?.period, 3600, 366 * day, "between 1h and a year"),
  ];
}

function outside(at: string[], text: string | undefined, least: number, most: number, said: string): Fault[] {
  if (text === undefined) return [];
  const seconds = parseDuration(text);
  if (seconds !== undefined && seconds >= least && seconds <= most) return [];
  return [{ at, message: `${at.at(-1)}: ${quoted(text)} is not ${said}` }];
}

/** A comparison that ends before so many windows could pass would never promote; one of too many would not end. */
function lengthFaults(whole: Analysis, own: Analysis): Fault[] {
  const window = parseDuration(whole.window ?? analysisDefaults.window);
  const longest = parseDuration(whole.longest ?? analysisDefaults.longest);
  const windows = whole["healthy-windows"] ?? analysisDefaults["healthy-windows"];
  if (window === undefined || longest === undefined || window <= 0) return [];
  const [length, most] = [whole.window ?? analysisDefaults.window, whole.longest ?? analysisDefaults.longest];
  const tooMany = longest / window > mostWindows;
  if (window * windows <= longest && !tooMany) return [];
  const message = tooMany
    ? `longest: ${most} is more than ${mostWindows} windows of ${length}; lower it or make windows longer`
    : `longest: ${windows} healthy windows of ${length} take longer than ${most}; raise it or ask for fewer`;
  const at = (["longest", "healthy-windows", "window"] as const).find((key) => own[key] !== undefined);
  return at === undefined ? [] : [{ at: [at], message }];
}

function ownProfileFaults(name: string, profile: SloProfile): Fault[] {
  const faults: Fault[] = [];
  if (name === noProfile)
    faults.push({ at: [], message: `${noProfile} means no profile; give this one another name` });
  for (const [quantile, text] of Object.entries(profile.latency ?? {})) {
    const milliseconds = parseMilliseconds(text);
    if (milliseconds === undefined || milliseconds <= 0 || milliseconds > day * 1000)
      faults.push({
        at: ["latency", quantile],
        message: `${quantile}: ${quoted(text)} is not between 1ms and 1d`,
      });
  }
  faults.push(
    ...outside(["for"], profile.for, 1, day, "between 1s and 1d"),
    ...outside(["errors", "for"], profile.errors?.for, 1, day, "between 1s and 1d"),
  );
  return faults;
}
