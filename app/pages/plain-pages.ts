import { html } from "./html.ts";
import type { Page } from "./layout.ts";

/** Pages that show no data. */

export function signInPage(to: string, problem?: string): Page {
  return {
    title: "Sign in",
    body: html`<h1>Sign in</h1>
${problem && html`<div class="notice bad" role="alert"><p>${problem}</p></div>`}
<p>This page shows what adaptive-deploy decided about pull requests, and why. You see the repositories that GitHub lets
you read, and nothing else.</p>
<form method="post" action="/sign-in"><input type="hidden" name="to" value="${to}">
<button class="main">Sign in with GitHub</button></form>`,
  };
}

/** The same words for what is not there and for what the reader may not see: which of the two is nobody's business. */
export const missingPage: Page = {
  title: "Nothing here",
  body: html`<h1>Nothing here</h1>
<p>Either this does not exist, or GitHub did not say that you may read it. Access that was given to you just now shows
within a minute.</p><p><a href="/">To the decisions</a></p>`,
};

export function problemPage(title: string, sentence: string): Page {
  return { title, body: html`<h1>${title}</h1><p>${sentence}</p><p><a href="/">To the decisions</a></p>` };
}
