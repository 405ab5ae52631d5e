import { type Content, html, type Markup } from "./html.ts";
import { styleAddress } from "./style.ts";

/** What stands around every page. */
export type Frame = {
  /** Undefined where nobody is signed in. */
  viewer?: { login: string; formToken: string };
  /** On loopback without a sign-in. */
  open: boolean;
  /** Whether the reader is known to administer something, asked when the page is drawn. */
  operator(): boolean;
  /** Before there is an App there are no other pages, and nobody to read them. */
  isSetup?: boolean;
};

export type Page = {
  title: string;
  body: Content;
  repository?: string;
  here?: Place;
  /** Drawn again after so long, without a script: for what moves while it is read. */
  refreshSeconds?: number;
};
export type Place = "decisions" | "rollouts" | "approvals" | "ledger" | "deliveries";

export function layout(frame: Frame, page: Page): Markup {
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
${page.refreshSeconds !== undefined && html`<meta http-equiv="refresh" content="${page.refreshSeconds}">`}
<title>${page.title} · adaptive-deploy</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="${styleAddress}">
</head>
<body>
<a class="skip" href="#content">Skip to the content</a>
${frame.open && openBanner}
<header class="top">
${frame.isSetup ? html`<span class="brand">${mark}adaptive-deploy</span>` : html`<a class="brand" href="/">${mark}adaptive-deploy</a>`}
${(frame.viewer || frame.open) && navigation(page, frame.operator())}
${frame.viewer && account(frame.viewer)}
</header>
<main id="content" tabindex="-1">
${page.body}
</main>
<footer>${frame.isSetup ? "Only who can read the server's terminal sees this page." : "Times are UTC. What you see here is what GitHub lets you read."}</footer>
</body>
</html>
`;
}

const openBanner = html`<p class="banner" role="note"><strong>Demo.</strong> No sign-in: everything is shown to whoever
is on this machine.</p>`;

/** Three steps upwards: the rollout. Decoration, so that a screen reader passes over it. */
const mark = html`<svg class="mark" viewBox="0 0 20 20" width="20" height="20" aria-hidden="true" focusable="false"><rect
x="1" y="12" width="5" height="7" rx="1"/><rect x="7.5" y="7" width="5" height="12" rx="1"/><rect x="14" y="1" width="5"
height="18" rx="1"/></svg>`;

function navigation({ repository, here }: Page, operator: boolean): Markup {
  const link = (place: Place, href: string, words: string) =>
    html`<li><a href="${href}"${here === place && html` aria-current="page"`}>${words}</a></li>`;
  const query = repository ? `?repository=${encodeURIComponent(repository)}` : "";
  return html`<nav aria-label="Pages"><ul>
${link("decisions", `/${query}`, "Decisions")}
${repository && link("rollouts", `/${repository}/rollouts`, "Rollouts")}
${repository && link("approvals", `/${repository}/approvals`, "Approvals")}
${repository && link("ledger", `/${repository}/ledger`, "Ledger")}
${operator && link("deliveries", "/deliveries", "Deliveries")}
</ul></nav>`;
}

function account({ login, formToken }: NonNullable<Frame["viewer"]>): Markup {
  return html`<form class="account" method="post" action="/sign-out">
<input type="hidden" name="form" value="${formToken}">
<span>${login}</span> <button class="quiet">Sign out</button>
</form>`;
}
