import { manifest, newAppAddress } from "./manifest.ts";
import { describeTier, type Tier, tiers } from "./permissions.ts";

const replaced: Record<string, string> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};
const escaped = (text: string): string => text.replace(/[&<>"']/g, (character) => replaced[character] ?? "");

export type SetupChoice = { tier: Tier; teams: boolean; organisation?: string };

/** First the choice, then the button that carries the manifest to GitHub. Nothing here needs a script. */
export function setupPage(about: {
  publicUrl: string;
  baseUrl?: string;
  state: string;
  key: string;
  choice: SetupChoice;
}): string {
  const { choice, publicUrl } = about;
  const target = `${newAppAddress(about.baseUrl, choice.organisation)}?state=${encodeURIComponent(about.state)}`;
  const made = JSON.stringify(manifest({ publicUrl, tier: choice.tier, teams: choice.teams }));
  const options = tiers.map(
    (tier) =>
      `<label><input type="radio" name="tier" value="${tier}"${tier === choice.tier ? " checked" : ""}> <b>${tier}</b>: ${escaped(describeTier(tier))}</label>`,
  );
  return page(
    "Set up adaptive-deploy",
    `<p>GitHub will send its events to <code>${escaped(publicUrl)}/webhooks</code>. If GitHub cannot reach that address, set <code>PUBLIC_URL</code> first.</p>
<form method="get" action="/setup">
<input type="hidden" name="key" value="${escaped(about.key)}">
<fieldset><legend>What may it do?</legend>${options.join("")}
<label><input type="checkbox" name="teams" value="1"${choice.teams ? " checked" : ""}> Teams may be approvers (reads the organisation's members)</label></fieldset>
<label>Organisation, empty for your own account <input name="organisation" value="${escaped(choice.organisation ?? "")}" pattern="[A-Za-z0-9\\-]+"></label>
<button>Use this choice</button>
</form>
<form method="post" action="${escaped(target)}">
<input type="hidden" name="manifest" value="${escaped(made)}">
<p>To be made: tier <b>${choice.tier}</b>${choice.organisation ? ` in <b>${escaped(choice.organisation)}</b>` : ""}.</p>
<button>Make the App on GitHub</button>
</form>`,
  );
}

export function madePage(about: { slug: string; installAddress: string; file: string }): string {
  return page(
    "The App is made",
    `<p><b>${escaped(about.slug)}</b> is made, and its credentials are in <code>${escaped(about.file)}</code> on the server, readable by its owner only.</p>
<ol><li>Start the server again: it finds them.</li>
<li><a href="${escaped(about.installAddress)}">Install the App</a> on a repository.</li>
<li>Add <code>.github/adaptive-deploy.yml</code> there, and open a pull request.</li></ol>`,
  );
}

export const problemPage = (sentence: string): string =>
  page("This did not work", `<p>${escaped(sentence)}</p>`);

function page(title: string, body: string): string {
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<meta name="color-scheme" content="light dark"><title>${title}</title></head><body><main><h1>${title}</h1>
${body}
</main></body></html>\n`;
}
