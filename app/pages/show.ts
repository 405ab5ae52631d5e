import { exportChain, exportHeading } from "../../core/evidence/export.ts";
import type { Chain } from "../../core/ports.ts";
import type { Access } from "./access.ts";
import { approvalsPage } from "./approvals-page.ts";
import { decisionPage } from "./decision-page.ts";
import { type Found, listDecisions, oneDecision, recentRepositories } from "./decisions.ts";
import { deliveriesPage, parkedFor } from "./deliveries-page.ts";
import { approvalChains, faultsOf, readChains } from "./evidence.ts";
import { withApprovals } from "./given-approvals.ts";
import { withHolds } from "./holds.ts";
import { type Frame, layout, type Page } from "./layout.ts";
import { ledgerPage } from "./ledger-page.ts";
import { listPage } from "./list-page.ts";
import type { PageOptions } from "./options.ts";
import { isRepositoryName, type PagePath } from "./paths.ts";
import { missingPage, problemPage } from "./plain-pages.ts";
import type { Answer } from "./respond.ts";
import { rolloutsPage } from "./rollouts-page.ts";
import type { Session } from "./sessions.ts";
import { withTitles } from "./titles.ts";

/** Pages with data. Who asks is known; what they may read is asked first, before it is looked whether it exists. */

export type Reader = { options: PageOptions; access: Access; session: Session; frame: Frame };

export async function show(reader: Reader, path: PagePath, query: URLSearchParams): Promise<Answer> {
  switch (path.page) {
    case "list":
      return showList(reader, query);
    case "deliveries":
      return showDeliveries(reader);
    case "decision":
    case "approvals":
    case "approvals.csv":
    case "ledger":
    case "ledger.csv":
    case "rollouts": {
      const sight = await reader.access.of(reader.session, path.repository);
      if (!sight.read) return missing(reader.frame);
      if (path.page === "decision") return showDecision(reader, path.repository, path.id);
      return showEvidence(reader, path.repository, path.page);
    }
    default:
      return missing(reader.frame);
  }
}

export function missing(frame: Frame): Answer {
  return { status: 404, body: layout(frame, missingPage) };
}

const page = (frame: Frame, body: Page): Answer => ({ body: layout(frame, body) });

const lastPage = 4000;

async function showList(
  { options, access, session, frame }: Reader,
  query: URLSearchParams,
): Promise<Answer> {
  const { database, now } = options;
  const asked = query.get("repository") ?? "";
  const repository = isRepositoryName(asked) ? asked : undefined;
  const number = /^[1-9]\d{0,3}$/u.test(query.get("page") ?? "") ? Number(query.get("page")) : 1;
  const listing = { every: query.get("show") === "every", page: Math.min(number, lastPage) };
  const readable = await access.among(session, await recentRepositories(database));
  const wanted = repository === undefined ? readable : await access.among(session, [repository]);
  const listed = await listDecisions(database, { ...listing, repositories: wanted });
  const rows = await withWhatIsKnown(database, listed);
  return page(frame, listPage({ ...listing, rows, repositories: readable, repository, now: now() }));
}

/** What came after the decision, and what it is about. */
async function withWhatIsKnown(database: PageOptions["database"], decisions: readonly Found[]) {
  return withTitles(database, await withHolds(database, await withApprovals(database, decisions)));
}

async function showDecision({ options, frame }: Reader, repository: string, id: string): Promise<Answer> {
  const { database } = options;
  const stored = await oneDecision(database, repository, id);
  const [found] = stored ? await withWhatIsKnown(database, [stored]) : [];
  if (!found) return missing(frame);
  if (!found.decision) {
    const sentence = `Decision ${id} was written by another version of the App and cannot be shown here. The ledger holds it whole.`;
    return { status: 422, body: layout(frame, problemPage("Not readable", sentence)) };
  }
  const { decision } = found;
  const pull = decision.subject.pull_request;
  const pullAddress =
    options.signIn === "open-on-loopback" || pull === undefined
      ? undefined
      : new URL(`/${found.repository}/pull/${pull}`, options.signIn.authorizeUrl).href;
  const { drawnStyle, ...shown } = decisionPage({ found, decision, now: options.now(), pullAddress });
  return { ...page(frame, shown), ...(drawnStyle === undefined ? {} : { drawnStyle }) };
}

async function showEvidence(
  { options, frame }: Reader,
  repository: string,
  kind: "approvals" | "approvals.csv" | "ledger" | "ledger.csv" | "rollouts",
): Promise<Answer> {
  const chains = await readChains(options.ledger(repository));
  const now = options.now();
  switch (kind) {
    case "approvals":
      return page(frame, approvalsPage(repository, chains, now));
    case "rollouts": {
      const { drawnStyle, ...shown } = rolloutsPage(repository, chains, now);
      return { ...page(frame, shown), drawnStyle };
    }
    case "ledger": {
      const anchors = (await options.anchors?.(repository)) ?? [];
      return page(frame, ledgerPage({ repository, chains, anchors, now }));
    }
    case "approvals.csv":
      return csv(frame, repository, "approvals", chains, approvalChains(chains), serverOf(options));
    case "ledger.csv":
      return csv(frame, repository, "ledger", chains, [...chains], serverOf(options));
  }
}

/** Where GitHub shows what people wrote; not known to a page without a sign-in. */
function serverOf({ signIn }: PageOptions): { server?: string } {
  return signIn === "open-on-loopback" ? {} : { server: new URL(signIn.authorizeUrl).origin };
}

/** An auditor is given the whole or nothing: a file that ends at a fault would look like the whole. */
function csv(
  frame: Frame,
  repository: string,
  name: string,
  chains: Chain[],
  exported: Chain[],
  place: { server?: string },
): Answer {
  const [fault] = faultsOf(chains);
  if (fault !== undefined) {
    const sentence = `The ledger was altered, so that there is no whole file to give. ${fault}`;
    return { status: 409, body: layout(frame, problemPage("No download", sentence)) };
  }
  const file = `${name}-${repository.replace("/", "-")}.csv`;
  return {
    body: [
      exportHeading("csv"),
      ...exported.map((chain) => exportChain(chain, { format: "csv", ...place })),
    ].join(""),
    headers: {
      "content-type": "text/csv; charset=utf-8; header=present",
      "content-disposition": `attachment; filename="${file}"`,
    },
  };
}

async function showDeliveries({ options, access, session, frame }: Reader): Promise<Answer> {
  const rows = await parkedFor(options.database, access, session);
  return rows === undefined ? missing(frame) : page(frame, deliveriesPage(rows, options.now()));
}
