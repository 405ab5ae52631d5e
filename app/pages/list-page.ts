import { plain } from "../../core/render/escape.ts";
import { paceSteps } from "../../core/render/plan.ts";
import { type Found, pageRows } from "./decisions.ts";
import { html, type Markup } from "./html.ts";
import type { Page } from "./layout.ts";
import { moment } from "./moment.ts";
import { type Column, table } from "./table.ts";
import { asks, commit, holdWords, scorePill, subjectWords } from "./words.ts";

export type ListView = {
  rows: Found[];
  /** What the reader may filter by. */
  repositories: string[];
  repository: string | undefined;
  every: boolean;
  page: number;
  now: Date;
};

export function listPage(view: ListView): Page {
  const shown = view.rows.slice(0, pageRows);
  const title = view.every ? "Every decision" : "Pull requests and their decisions";
  return {
    title,
    here: "decisions",
    ...(view.repository ? { repository: view.repository } : {}),
    body: html`<h1>${title}</h1>
<p class="lead">How risky each change is, how it should be rolled out, and what is asked of people.</p>
${filter(view)}
${shown.length > 0 ? table(view.every ? "Newest first" : "The newest decision of each pull request and environment", columns(view.now), shown) : nothing(view)}
${paging(view)}`,
  };
}

function filter({ repositories, repository, every }: ListView): Markup {
  const names =
    repository && !repositories.includes(repository) ? [repository, ...repositories] : repositories;
  const option = (value: string, words: string, chosen: boolean) =>
    html`<option value="${value}"${chosen && html` selected`}>${words}</option>`;
  return html`<form class="filter" method="get" action="/" role="search" aria-label="Decisions">
<label>Repository <select name="repository">${option("", "All that you can read", !repository)}${names.map(
    (name) => option(name, name, name === repository),
  )}</select></label>
<label>Show <select name="show">${option("", "Newest of each pull request", !every)}${option("every", "Every decision", every)}</select></label>
<button>Show</button></form>`;
}

function columns(now: Date): Column<Found>[] {
  const shown =
    (cell: (decision: NonNullable<Found["decision"]>, row: Found) => Markup | string) => (row: Found) =>
      row.decision ? cell(row.decision, row) : "–";
  return [
    {
      title: "Change",
      heads: true,
      cell: (row) =>
        html`<a href="/${row.repository}/decisions/${row.id}">${
          row.decision ? subjectWords(row.decision) : `Decision ${row.id}`
        }</a>${row.title && html`<span class="title">${plain(row.title, 200)}</span>`}<span class="small">${row.repository} ${
          row.decision && commit(row.decision.subject.head)
        }${row.author && html` by ${plain(row.author, 60)}`}</span>`,
    },
    { title: "Risk", cell: shown(scorePill) },
    {
      title: "Strategy",
      cell: shown(
        (decision) =>
          html`${paceSteps(decision.strategy, decision.pace)}<span class="small">${plain(decision.environment, 60)}</span>`,
      ),
    },
    {
      title: "What it asks",
      cell: ({ decision, hold }) =>
        decision
          ? html`${hold ? html`<span class="verdict medium">${asks(decision, hold)}</span> <span class="small">${holdWords(hold)}</span>` : asks(decision, hold)}`
          : unreadable,
    },
    { title: "When", cell: (row) => moment(row.decidedAt, now) },
  ];
}

const unreadable = "Written by another version of the App: it cannot be shown here.";

function nothing({ repository, page }: ListView): Markup {
  if (page > 1) return html`<div class="empty"><p>There are no more decisions.</p></div>`;
  return repository
    ? html`<div class="empty"><p>Nothing to see of <strong>${repository}</strong>.</p>
<p>Either nothing was decided there yet, or GitHub does not let you read it.</p></div>`
    : html`<div class="empty"><p>No decisions yet.</p>
<p>Push to a pull request of a repository where the App is installed and configured; its decision shows up here.</p></div>`;
}

function paging({ rows, repository, every, page }: ListView): Markup | false {
  const address = (to: number) => {
    const query = new URLSearchParams({
      ...(repository ? { repository } : {}),
      ...(every ? { show: "every" } : {}),
      ...(to > 1 ? { page: String(to) } : {}),
    });
    return query.size > 0 ? `/?${query}` : "/";
  };
  if (page === 1 && rows.length <= pageRows) return false;
  return html`<nav class="pages" aria-label="Further decisions">
${page > 1 && html`<a class="button" rel="prev" href="${address(page - 1)}">Newer</a>`}
${rows.length > pageRows && html`<a class="button" rel="next" href="${address(page + 1)}">Older</a>`}
</nav>`;
}
