/** The text that Prometheus reads, as a test reads it: names with help and type, and samples with their labels. */
export type Sample = { name: string; labels: Record<string, string>; value: number };
export type Exposition = {
  families: Map<string, { help: string; type: string }>;
  samples: Sample[];
  /** The sum of the samples that carry these labels; undefined where there is none. */
  value(name: string, labels?: Record<string, string>): number | undefined;
};

const sampleForm = /^([a-z_:][\w:]*)(?:\{(.*)\})? (\S+)$/i;

export function readExposition(text: string): Exposition {
  const families = new Map<string, { help: string; type: string }>();
  const samples: Sample[] = [];
  for (const line of text.split("\n").filter((one) => one !== "")) {
    const [, kind, family = "", rest = ""] = /^# (HELP|TYPE) (\S+) (.+)$/.exec(line) ?? [];
    if (kind === undefined) {
      samples.push(sampleOf(line));
      continue;
    }
    const before = families.get(family) ?? { help: "", type: "" };
    families.set(family, kind === "HELP" ? { ...before, help: rest } : { ...before, type: rest });
  }
  return {
    families,
    samples,
    value(name, labels = {}) {
      const found = samples.filter(
        (one) =>
          one.name === name && Object.entries(labels).every(([label, value]) => one.labels[label] === value),
      );
      return found.length === 0 ? undefined : found.reduce((sum, { value }) => sum + value, 0);
    },
  };
}

function sampleOf(line: string): Sample {
  const [, name, labels = "", value] = sampleForm.exec(line) ?? [];
  // The format spells what is no number as Go reads it, and infinity by its half.
  const number = /^nan$/i.test(value ?? "") ? Number.NaN : Number(value?.replace("Inf", "Infinity"));
  if (name === undefined || (Number.isNaN(number) && !/^nan$/i.test(value ?? "")))
    throw new Error(`No line of the exposition format: ${line}`);
  const pairs = [...labels.matchAll(/(\w+)="((?:[^"\\]|\\.)*)"/g)].map(([, label = "", text = ""]) => [
    label,
    text,
  ]);
  return { name, labels: Object.fromEntries(pairs), value: number };
}
