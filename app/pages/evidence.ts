import * as z from "zod";
import { approvalBody, foldApprovals, revocationBody } from "../../core/evidence/approvals.ts";
import type { LedgerEvent } from "../../core/evidence/event.ts";
import type { Chain, Ledger } from "../../core/ports.ts";

/** What the ledger of a repository says, read whole, so that it can be verified and not only believed. */

export async function readChains(ledger: Ledger): Promise<Chain[]> {
  const chains: Chain[] = [];
  for (const stream of (await ledger.streams()).sort()) chains.push(await ledger.read(stream));
  return chains;
}

/** The first sentence of a fault, where a chain has one: nothing behind it can be believed. */
export function faultsOf(chains: readonly Chain[]): string[] {
  return chains.flatMap((chain) => (chain.fault === undefined ? [] : [chain.fault.sentence]));
}

const isApproval = (event: LedgerEvent) => event.kind === "approval" || event.kind === "revocation";

export function approvalChains(chains: readonly Chain[]): Chain[] {
  return chains.map((chain) => ({ ...chain, events: chain.events.filter(isApproval) }));
}

export type ApprovalRow = {
  who: string;
  at: string;
  /** What became of it, as far as the ledger says. */
  state: "recorded" | "taken back" | "revocation" | "unreadable";
  why: string | undefined;
  sha: string | undefined;
  environment: string | undefined;
  policy: string | undefined;
  pullRequest: number | undefined;
  place: string;
  hash: string;
};

const told = z.object({
  reason: z.string().optional().catch(undefined),
  policy: z.object({ name: z.string(), hash: z.string() }).optional().catch(undefined),
  head_sha: z.string().optional().catch(undefined),
  environment: z.string().optional().catch(undefined),
  pull_request: z.number().optional().catch(undefined),
});

/** Approvals and revocations of all streams, newest first. */
export function approvalRows(chains: readonly Chain[]): ApprovalRow[] {
  return chains
    .flatMap((chain) => {
      const standing = new Set(foldApprovals(chain.events).standing.map((one) => one.sequence));
      return chain.events.filter(isApproval).map((event) => rowOf(event, standing));
    })
    .sort((left, right) => (left.at < right.at ? 1 : left.at > right.at ? -1 : 0));
}

function rowOf(event: LedgerEvent, standing: ReadonlySet<number>): ApprovalRow {
  const { reason, policy, head_sha: sha, environment, pull_request: pullRequest } = told.parse(event.body);
  const approval = approvalBody.safeParse(event.body);
  const pointer = event.kind === "approval" && approval.success ? approval.data.pointer : undefined;
  return {
    who: pointer?.actor ?? event.actor,
    at: event.at,
    state: stateOf(event, pointer !== undefined, standing),
    why: reason,
    sha: pointer?.head_sha ?? sha,
    environment: pointer?.environment ?? environment,
    policy: policy && `${policy.name} ${policy.hash.slice(0, 12)}`,
    pullRequest: pointer?.pull_request ?? pullRequest,
    place: `${event.stream} #${event.sequence}`,
    hash: event.hash,
  };
}

function stateOf(event: LedgerEvent, readable: boolean, standing: ReadonlySet<number>): ApprovalRow["state"] {
  if (event.kind === "revocation")
    return revocationBody.safeParse(event.body).success ? "revocation" : "unreadable";
  if (!readable) return "unreadable";
  return standing.has(event.sequence) ? "recorded" : "taken back";
}
