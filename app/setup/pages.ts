import { xml } from "../../core/render/escape.ts";
import { html, type Markup, trusted } from "../pages/html.ts";
import { type Frame, layout } from "../pages/layout.ts";
import { table } from "../pages/table.ts";
import { manifest, newAppAddress } from "./manifest.ts";
import { describeTier, eventsOf, permissionRows, type Tier, tiers } from "./permissions.ts";

export type SetupChoice = { tier: Tier; teams: boolean; organisation?: string };

/** Step 1: the choice, and nothing that could send another one to GitHub. Nothing here needs a script. */
export function choicePage(about: {
  publicUrl: string;
  key: string;
  choice: SetupChoice;
  problem?: string;
}): Markup {
  const { choice, key, problem } = about;
  return page(
    "Set up adaptive-deploy",
    html`<p class="lead">Step 1 of 2: what the App may do, and where it belongs. The next page shows what GitHub will be
asked for, before anything is made.</p>
${problem && html`<div class="notice bad" role="alert"><p>${problem}</p></div>`}
${whereTo(about.publicUrl)}
<form class="choices" method="get" action="/setup/confirm">
<input type="hidden" name="key" value="${key}">
<fieldset><legend>What may it do?</legend>
<p class="small">Each may do what the ones above it do. Begin modestly: GitHub asks again for more.</p>
${tiers.map(
  (
    tier,
  ) => html`<label class="choice"><input type="radio" name="tier" value="${tier}"${tier === choice.tier && html` checked`}>
<span><strong>${tier}</strong> ${withCode(describeTier(tier))}</span></label>
`,
)}</fieldset>
<fieldset><legend>Who may approve?</legend>
<label class="choice"><input type="checkbox" name="teams" value="1"${choice.teams && html` checked`}>
<span>Teams too: the App reads the organisation's members</span></label></fieldset>
<fieldset><legend>Whose App is it?</legend>
<label class="field">Organisation on GitHub, or empty for your own account
<input name="organisation" value="${choice.organisation}" pattern="[A-Za-z0-9][A-Za-z0-9\\-]*" maxlength="39" autocomplete="off" spellcheck="false"></label></fieldset>
<button class="main">Continue</button>
</form>`,
  );
}

/** Step 2: what will be made, and the one button that carries just that to GitHub. */
export function confirmPage(about: {
  publicUrl: string;
  baseUrl?: string;
  state: string;
  key: string;
  choice: SetupChoice;
}): Markup {
  const { choice, publicUrl, key } = about;
  const { tier, teams, organisation } = choice;
  const target = `${newAppAddress(about.baseUrl, organisation)}?state=${encodeURIComponent(about.state)}`;
  const made = JSON.stringify(manifest({ publicUrl, tier, teams }));
  const again = new URLSearchParams({ key, tier, ...(teams ? { teams: "1" } : {}) });
  if (organisation) again.set("organisation", organisation);
  return page(
    "Make the App",
    html`<p class="lead">Step 2 of 2: GitHub will ask you for a name, and make the App.</p>
<p>Makes: <strong>${tier}</strong>, for ${organisation ? html`<strong>${organisation}</strong>` : "your own account"}.</p>
<form method="post" action="${target}">
<input type="hidden" name="manifest" value="${trusted(xml(made, made.length))}">
<p class="actions"><button class="main">Make the App on GitHub</button>
<a class="button" href="/setup?${again.toString()}">Choose again</a></p>
</form>
${whereTo(publicUrl)}
<h2>What it asks for</h2>
${table(
  "Permissions",
  [
    { title: "Permission", heads: true, cell: ({ name }) => html`<code>${name}</code>` },
    { title: "Level", cell: ({ level }) => level },
    { title: "What for", cell: ({ why }) => why },
  ],
  permissionRows(tier, { teams }),
)}
<p class="small">It hears of: ${eventsOf(tier).join(", ")}.</p>`,
  );
}

export function madePage(about: { slug: string; installAddress: string; file: string }): Markup {
  return page(
    "The App is made",
    html`<p><strong>${about.slug}</strong> is made, and its credentials are in <code>${about.file}</code> on the server,
readable by its owner only. The server goes on as the App.</p>
<ol class="plain"><li><a href="${about.installAddress}">Install the App</a> on a repository.</li>
<li>Add <code>.github/adaptive-deploy.yml</code> there, and open a pull request.</li>
<li>Keep <code>PUBLIC_URL</code>, <code>HOST</code> and <code>PORT</code> for every later start: they are in no file of
the server's.</li></ol>`,
  );
}

export const problemPage = (sentence: string): Markup => page("This did not work", html`<p>${sentence}</p>`);

const frame: Frame = { open: false, operator: () => false, isSetup: true };

function page(title: string, body: Markup): Markup {
  return layout(frame, { title, body: html`<h1>${title}</h1>\n${body}` });
}

function whereTo(publicUrl: string): Markup {
  const near = /^(localhost|\[::1\]|127\..*)$/u.test(new URL(publicUrl).hostname);
  const warning = html`<div class="notice care"><p>GitHub will send its events to <code>${publicUrl}/webhooks</code>, which
only this machine reaches. Stop the server, set <code>PUBLIC_URL</code> to an address that GitHub reaches, and begin again.</p></div>`;
  return near ? warning : html`<p>GitHub will send its events to <code>${publicUrl}/webhooks</code>.</p>`;
}

/** What stands between backticks is code; the template takes away the spaces at the ends of a text. */
function withCode(text: string): Markup[] {
  const space = html` `;
  return text
    .split("`")
    .map((part, index) =>
      index % 2 === 1
        ? html`<code>${part}</code>`
        : html`${part.startsWith(" ") && space}${part}${part.endsWith(" ") && space}`,
    );
}
