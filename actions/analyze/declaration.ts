import { baselineWishes } from "../../core/analysis/baseline.ts";
import type { VerbDeclaration } from "../io.ts";

export const failOnVerdicts = ["rollback", "hold", "slow", "never"] as const;
export const onProbeFailures = ["hold", "rollback"] as const;

export const analyzeDeclaration: VerbDeclaration = {
  name: "analyze",
  title: "adaptive-deploy: analyze",
  description:
    "Compares a candidate with its baseline, window by window, and says promote, slow, hold or rollback with the numbers behind it.",
  inputs: {
    "github-token": {
      description: "Token that reads the policy of the default branch.",
      default: "${{ github.token }}",
      secret: true,
    },
    policy: {
      description:
        "A shipped bundle (default, regulated, firmware) or a folder on the default branch. Empty: what `.github/adaptive-deploy.yml` there says, else default.",
    },
    service: { description: "Service of `services.yaml` whose telemetry is asked, and whose scopes hold." },
    environment: {
      description:
        "Where the candidate runs. Empty: what `.github/adaptive-deploy.yml` says, else production.",
    },
    "decision-id": { description: "Decision that the rollout follows, for the record." },
    candidate: {
      description:
        "What tells the candidate apart, one a line: `version=1.5.0`, `hash=…`, `instances=a,b`. One value alone is a version.",
      lines: true,
    },
    stable: { description: "The same of the stable version.", lines: true },
    fresh: {
      description:
        "The same of a fresh instance of the stable version, where the target gives one: the best baseline.",
      lines: true,
    },
    baseline: {
      description:
        "Which baseline is wanted. auto: fresh, else stable's traffic now, else the same time of another week.",
      default: "auto",
      allowed: baselineWishes,
    },
    weight: {
      description:
        "Percent of the traffic that the candidate has. Empty: not known, and no power is stated beforehand.",
    },
    sets: {
      description:
        "Sets of queries.yaml that are asked, one a line. Empty: those of the service in services.yaml.",
      lines: true,
    },
    variables: {
      description:
        "Values for the variables of the sets, one `name=value` a line, over those of the service, for example `job=shop` and `status-label=status`; on the command line one `--variables` for each.",
      lines: true,
    },
    window: {
      description: "Length of a window, for example 2m. Empty: the policy's, or that of the recording.",
    },
    windows: {
      description:
        "How many windows the comparison may take: it ends sooner where the evidence is enough. Empty: the policy's `longest`, or all of a recording.",
    },
    settle: {
      description: "How long after its end a window is asked: the scrape interval and what rules take.",
      default: "15s",
    },
    "telemetry-url": {
      description:
        "Address of a Prometheus API, before /api/v1. Empty: `telemetry:` of `.github/adaptive-deploy.yml`.",
    },
    "telemetry-token": {
      description:
        "Bearer token for telemetry-url; on the command line, the variable TELEMETRY_TOKEN holds it.",
      secret: true,
    },
    ready: {
      description:
        "Addresses that have to answer before the first window, one a line, for example https://candidate.example.com/health/ready.",
      lines: true,
    },
    live: {
      description:
        "Addresses that have to answer in every window, one a line, for example https://candidate.example.com/health/live.",
      lines: true,
    },
    "on-probe-failure": {
      description: "What a probe that does not answer means.",
      default: "hold",
      allowed: onProbeFailures,
    },
    history: {
      description:
        "File of past rollouts as JSON lines, which the noise is learnt from; learn adds to it (history.jsonl where empty).",
    },
    append: {
      description:
        "Add this rollout to `history` once it is over, whatever its verdict, once; a file that is not there is made.",
      default: "false",
      allowed: ["true", "false"],
      flag: true,
    },
    measurements: {
      description: "File of a recorded rollout, judged instead of asking telemetry; - reads standard input.",
    },
    resume: {
      description: "A measurements.json of a run that was cut short: only what is missing is asked for.",
    },
    mode: {
      description:
        "compare; or learn: the noise from stable's instances of past days, before there is any rollout.",
      default: "compare",
      allowed: ["compare", "learn"],
      workflow: true,
    },
    days: { description: "learn: how many past days.", default: "7" },
    "instance-label": { description: "learn: the label that tells instances apart.", default: "instance" },
    out: { description: "Folder that the documents are written to.", default: "verdict" },
    "fail-on": {
      description: "The mildest verdict that fails the step: slow, hold or rollback; never: none does.",
      default: "rollback",
      allowed: failOnVerdicts,
    },
  },
  outputs: {
    verdict: "promote, slow, hold or rollback.",
    "reason-code": "Why, as one word for machines.",
    "at-window": "The window after which the verdict stood.",
    "verdict-json": "Path of `verdict.json`.",
    "verdict-markdown": "Path of `verdict.md`, for a comment.",
    report: "Path of `report.html`, one file without scripts.",
    plots: "Folder with a picture for each metric (SVG).",
    history: "Path of the history, where `append` or `mode: learn` added to it.",
    measurements: "Path of `measurements.json`: what was measured, for a later run or as history.",
  },
  usage: "[learn] [flags]",
  flags: {
    repo: { description: "Folder of the git checkout whose configuration speaks.", default: "." },
    json: { description: "Print verdict.json.", flag: true },
    markdown: { description: "Print the verdict as Markdown.", flag: true },
  },
};
