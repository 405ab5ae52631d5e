import type { Chain } from "../../core/ports.ts";
import { type ApprovalRow, approvalRows, faultsOf } from "./evidence.ts";
import { html, type Markup } from "./html.ts";
import type { Page } from "./layout.ts";
import { moment } from "./moment.ts";
import { type Column, table } from "./table.ts";
import { commit } from "./words.ts";

const mostRows = 200;

/** Who approved what, when, why, at which commit and under which policy. */
export function approvalsPage(repository: string, chains: readonly Chain[], now: Date): Page {
  const rows = approvalRows(chains);
  return {
    title: `Approvals of ${repository}`,
    repository,
    here: "approvals",
    body: html`<h1>Approvals of ${repository}</h1>
<p class="lead">From the ledger, newest first. An entry alone authorises nothing: each time it is used, the review or
comment that it points to is fetched from GitHub and checked again.</p>
${faultNotice(repository, chains)}
${rows.length > 0 ? listing(repository, rows, now) : nothing}`,
  };
}

const nothing = html`<div class="empty"><p>No approvals yet.</p><p>A maintainer approves with
<code>/approve-risk &lt;reason&gt;</code> on the pull request, or with a review.</p></div>`;

function listing(repository: string, rows: readonly ApprovalRow[], now: Date): Markup {
  const left = rows.length - mostRows;
  return html`<p><a class="button" href="/${repository}/approvals.csv">Download all as CSV</a></p>
${table("Approvals and revocations", columns(now), rows.slice(0, mostRows))}
${left > 0 && html`<p>${left} earlier entries are in the CSV.</p>`}`;
}

const levels: Record<ApprovalRow["state"], string> = {
  recorded: "none",
  "taken back": "none",
  revocation: "none",
  unreadable: "high",
};

function columns(now: Date): Column<ApprovalRow>[] {
  return [
    { title: "Who", heads: true, cell: (row) => row.who },
    { title: "When", cell: (row) => moment(row.at, now) },
    {
      title: "What",
      cell: (row) => html`<span class="verdict ${levels[row.state]}">${row.state}</span>
<span class="small">${aboutWords(row)}</span>`,
    },
    { title: "Why", cell: (row) => row.why ?? "not said in the ledger" },
    { title: "Commit", cell: (row) => (row.sha ? commit(row.sha) : "–") },
    { title: "Policy", cell: (row) => row.policy ?? "–" },
    {
      title: "Ledger",
      cell: (row) => html`${row.place}<span class="small code">${row.hash.slice(0, 12)}</span>`,
    },
  ];
}

export function faultNotice(repository: string, chains: readonly Chain[]): Markup | false {
  const faults = faultsOf(chains);
  return (
    faults.length > 0 &&
    html`<div class="notice bad" role="alert"><p><strong>The ledger of ${repository} was altered.</strong> What stands
behind the fault is not shown and must not be believed.</p>${faults.map((fault) => html`<p>${fault}</p>`)}</div>`
  );
}

function aboutWords({ pullRequest, environment }: ApprovalRow): string {
  const pull = pullRequest === undefined ? "" : `Pull request ${pullRequest} `;
  return `${pull}${environment === undefined ? "" : `to ${environment}`}`;
}
