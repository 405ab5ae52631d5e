import { randomUUID } from "node:crypto";
import { readFile } from "node:fs/promises";
import { hostname } from "node:os";
import { join } from "node:path";
import { portsOfProcess } from "../../actions/analyze/ports.ts";
import type { AnalyzePorts } from "../../actions/analyze/run.ts";
import { telemetryFor } from "../../actions/analyze/telemetry.ts";
import { printable } from "../../actions/io.ts";
import { telemetryEvidence } from "../../actions/rollout/evidence.ts";
import type { EvidenceInputs } from "../../actions/rollout/evidence-inputs.ts";
import type { RolloutPorts } from "../../actions/rollout/ports.ts";
import { journalFile } from "../../adapters/files/journal.ts";
import { retry } from "../../adapters/ledgers/record-decision.ts";
import { rolloutSpans } from "../../adapters/opentelemetry/rollout-spans.ts";
import type { ResolvedPolicy } from "../../adapters/policy/resolve.ts";
import { openTarget } from "../../adapters/targets/index.ts";
import { exitCodes, UserError } from "../../core/errors.ts";
import { optional } from "../../core/optional.ts";
import { renderIncident } from "../../core/render/rollout/incident.ts";
import type { People } from "../../core/rollout/around.ts";
import { statusOf } from "../../core/rollout/status.ts";
import type { Arguments } from "../arguments.ts";
import { type Home, openWritableHome } from "../ledger-home.ts";
import { policyHere } from "../policy-here.ts";
import type { Terminal } from "../terminal.ts";
import { revertsHere } from "./reverts.ts";

/** What a rollout needs of this machine, in place of a job's. */
export type Room = {
  ports: RolloutPorts;
  /** What the evidence is asked with, for a plan that is only looked at. */
  evidence: { inputs: EvidenceInputs; ports: AnalyzePorts };
  close(): Promise<void>;
};

export async function roomOf(
  argument: Arguments,
  terminal: Terminal,
  asked: EvidenceInputs = {},
): Promise<Room> {
  const home = openWritableHome(argument, terminal);
  const resolved = await policyHere(argument);
  const { close, ...process } = portsOfProcess(argument.value("out"));
  const analyzing: AnalyzePorts = {
    ...process,
    resolved,
    telemetry: telemetryFor(resolved.configuration, asked.telemetryUrl, terminal.environment),
    // A window is told once, with where the rollout stands.
    progress: (line) => (/^window \d/.test(line) ? undefined : terminal.note(line)),
    summary: async () => undefined,
  };
  sayWhoIsBelieved(home, terminal);
  const person = personOf(terminal);
  const warn = (sentence: string): void => terminal.note(`adaptive-deploy: ${sentence}`);
  const iso = (): string => new Date(process.now()).toISOString();
  const spans = await rolloutSpans(terminal.environment, { now: iso, warn });
  const ports: RolloutPorts = {
    ...(await surroundings(home, resolved, argument, terminal)),
    evidence: () => telemetryEvidence(asked, analyzing),
    // A person's word comes through the ledger: `rollout switch approve`.
    approvals: { look: async () => null },
    waitForStart: async (decision) => {
      throw new UserError(
        "approval-missing",
        `The decision ${decision.decision_id} wants an approval before the start, which is given and looked up on GitHub. Let the Action or the App begin this rollout, or decide anew once it is given.`,
        exitCodes.needsApproval,
      );
    },
    people: tellingHere(analyzing, terminal),
    journal: journalFile(join(argument.value("out"), "journal.jsonl")),
    holder: `${person} on ${hostname()}, process ${globalThis.process.pid}`,
    actor: person,
    now: process.now,
    nonce: randomUUID,
    retry,
    sleep: process.sleep,
    stop: process.stop,
    pollSeconds: 1,
    freshSeconds: home.kind === "file" ? 1 : 15,
    say: (line) => terminal.note(line),
    warn,
    saw: spans.saw,
    summary: async () => undefined,
    keep: process.write,
  };
  return {
    ports,
    evidence: { inputs: asked, ports: analyzing },
    close: async () => {
      close();
      await spans.close();
    },
  };
}

type Surroundings = Pick<
  RolloutPorts,
  "resolved" | "ledger" | "openTarget" | "readText" | "repository" | "ownFiles"
>;

async function surroundings(
  { ledger }: Home,
  resolved: ResolvedPolicy,
  argument: Arguments,
  terminal: Terminal,
): Promise<Surroundings> {
  const reverts = await revertsHere(ledger, argument, terminal);
  return {
    resolved,
    ledger,
    openTarget: (config) => openTarget(config, { environment: terminal.environment, ...reverts }),
    readText: textOf,
    ownFiles: true,
    ...optional("repository", argument.given("repository")),
  };
}

export function personOf({ environment }: Terminal): string {
  return environment.USER ?? environment.USERNAME ?? "local";
}

async function textOf(path: string): Promise<string> {
  return readFile(path, "utf8").catch(() => {
    throw new UserError(
      "decision-not-found",
      `${printable(path)} cannot be read. Name the file of a decision.`,
    );
  });
}

function sayWhoIsBelieved({ kind }: Home, terminal: Terminal): void {
  if (kind === "file") return;
  terminal.note(
    "adaptive-deploy: whoever may write to this ledger may command the rollout from here. What is approved on the command line counts for runs of the command line alone: the Action and the App look each approval up on GitHub.",
  );
}

/** Whoever sits here is told here, and what they were told stands in a file. */
function tellingHere({ write }: AnalyzePorts, terminal: Terminal): People {
  return {
    tell: async (state, notice) => {
      const { title, body } = renderIncident(statusOf(state, null, new Date().toISOString()), notice);
      terminal.note(`adaptive-deploy: ${title}. ${notice.sentence}`);
      const name = `${notice.kind}-${notice.code.replaceAll(/[^\w-]+/g, "-").slice(0, 80)}.md`;
      return write(`${state.plan.rollout}/${name}`, `# ${title}\n\n${body}`);
    },
  };
}
