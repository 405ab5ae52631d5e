import { walkJson } from "./json.ts";
import { MalformedReport } from "./malformed.ts";
import type { ReportReader, Tallies } from "./reader.ts";
import { type Severity, severities, severityOfScore } from "./vulnerability-tally.ts";

type Vulnerability = {
  id: string;
  ratings: Set<Severity | "less">;
  /** Of the rating at hand, whose members may come in any order. */
  severity?: Severity | "less";
  score?: number;
  state?: string;
  isRejected: boolean;
  affected: Set<string>;
};

const mostAffected = 1000;
const setAside = new Set(["not_affected", "false_positive", "resolved", "resolved_with_pedigree"]);
const lesser = new Set(["low", "info", "none"]);

/** CycloneDX JSON with the vulnerabilities that a scanner such as Trivy or Grype found. */
export const cyclonedx: ReportReader = {
  title: "CycloneDX JSON",
  detect: ({ members }) =>
    members !== undefined &&
    (members.get("bomFormat") === "CycloneDX" || /cyclonedx/i.test(members.get("$schema") ?? "")),
  async read(text, into, problem) {
    let vulnerability: Vulnerability | undefined;
    let wasScanned = false;
    let unrated = 0;
    let isCycloneDx = false;
    await walkJson(text, {
      open(path) {
        if (path[0] !== "vulnerabilities") return;
        if (path.length === 1) wasScanned = true;
        if (path.length === 2)
          vulnerability = { id: "", ratings: new Set(), isRejected: false, affected: new Set() };
      },
      scalar(path, value) {
        if (path.length === 1 && path[0] === "bomFormat") isCycloneDx = value === "CycloneDX";
        if (path[0] !== "vulnerabilities" || !vulnerability) return;
        const [, , field, , inner] = path;
        if (path.length === 3 && field === "id" && typeof value === "string") vulnerability.id = value;
        else if (path.length === 3 && field === "rejected") vulnerability.isRejected = true;
        else if (field === "analysis" && path[3] === "state" && typeof value === "string")
          vulnerability.state = value;
        else if (field === "ratings" && inner === "severity") vulnerability.severity = severityOf(value);
        else if (field === "ratings" && inner === "score" && typeof value === "number")
          vulnerability.score = value;
        else if (field === "affects" && inner === "ref" && typeof value === "string") {
          if (vulnerability.affected.size < mostAffected) vulnerability.affected.add(placeOf(value));
        }
      },
      close(path) {
        if (path[0] !== "vulnerabilities" || !vulnerability) return;
        if (path.length === 4 && path[2] === "ratings") closeRating(vulnerability);
        else if (path.length === 2) {
          if (!settle(vulnerability, into)) unrated++;
          vulnerability = undefined;
        }
      },
    });
    if (!isCycloneDx) throw new MalformedReport('its bomFormat is not "CycloneDX"');
    if (!wasScanned) {
      problem(
        "lists components but no vulnerabilities; a list of components that was not scanned shows none",
      );
      into.vulnerabilities.incomplete();
    }
    into.vulnerabilities.report();
    if (unrated > 0) {
      problem(`gives no severity for ${unrated} of its vulnerabilities, which are not counted`);
      into.vulnerabilities.incomplete();
    }
  },
};

function severityOf(value: unknown): Severity | "less" | undefined {
  return typeof value === "string" && lesser.has(value)
    ? "less"
    : severities.find((severity) => severity === value);
}

function closeRating(vulnerability: Vulnerability): void {
  const { severity, score } = vulnerability;
  const rated =
    severity ?? (score !== undefined && score >= 0 && score <= 10 ? severityOfScore(score) : undefined);
  if (rated) vulnerability.ratings.add(rated);
  vulnerability.severity = undefined;
  vulnerability.score = undefined;
}

/** Counts at the gravest of its ratings; false where it has none. */
function settle({ id, ratings, state, isRejected, affected }: Vulnerability, into: Tallies): boolean {
  if (isRejected || (state !== undefined && setAside.has(state))) return true;
  const severity = severities.find((one) => ratings.has(one));
  if (!severity) return ratings.has("less");
  const identifier = id || "a vulnerability without an id";
  for (const location of affected.size > 0 ? affected : [""])
    into.vulnerabilities.add({ identifier, location, severity });
  return true;
}

/** A package's address without the qualifiers that tell one scanner's references from another's. */
function placeOf(reference: string): string {
  const end = reference.startsWith("pkg:") ? reference.search(/[?#]/) : -1;
  return end === -1 ? reference : reference.slice(0, end);
}
