import { generatedMessages, textFor } from "./code.ts";
import type { Edits, Stream } from "./fast-import.ts";
import { firstFiles } from "./first-files.ts";
import { firstVersions, packageFiles, type Versions } from "./packages.ts";
import { type Login, people } from "./people.ts";

/** The past of the default branch: merged changes of people, bumps of a bot, two releases, one revert. */

type Change = {
  by: Login;
  title: string;
  /** Names that the change adds, by file. */
  adds?: Record<string, string[]>;
  bumps?: Versions;
  /** Takes back the change with this title. */
  reverts?: string;
  releases?: string;
  /** Landed by a merge commit instead of a squash. */
  merged?: boolean;
  messages?: [version: number, count: number];
};

const payments = "services/payments-api";
const worker = "services/receipts-worker";
const web = "services/shop-web";
const small = (by: Login, title: string, path: string, ...names: string[]): Change => ({
  by,
  title,
  adds: { [path]: names },
});
const tested = (by: Login, title: string, service: string, file: string, ...names: string[]): Change => ({
  by,
  title,
  adds: { [`${service}/src/${file}.ts`]: names, [`${service}/test/${file}.spec.ts`]: names.slice(0, 2) },
});
const bump = (name: string, to: string): Change => ({
  by: "dependabot[bot]",
  title: `Bump ${name} to ${to}`,
  bumps: { [name]: to },
});

const changes: Change[] = [
  tested("maria", "Capture charges in part", payments, "charge", "captureInPart"),
  small("ben", "Say where backups live", "docs/operations.md", "Restoring"),
  tested("aiko", "Keep the cart for a week", web, "cart", "saveCart", "loadCart"),
  tested("chidi", "Receipts in the customer's language", worker, "template", "pickLanguage", "translate"),
  bump("pino", "8.19.0"),
  small("maria", "Log the gateway's request id", `${payments}/src/charge.ts`, "requestIdOf"),
  tested("ben", "Refund single lines", payments, "refund", "refundOneLine", "sumOfLines"),
  small("aiko", "Search ignores accents", `${web}/src/search.ts`, "fold"),
  bump("vite", "5.1.4"),
  { ...tested("maria", "Back off with jitter", payments, "retry", "jitter", "waitBetween"), merged: true },
  small("chidi", "Shut down after the last job", `${worker}/src/worker.ts`, "drain"),
  small("aiko", "Grid for the checkout", `${web}/src/shop.css`, "summary", "totals"),
  tested("ben", "Book fees apart from charges", payments, "ledger", "bookFee", "feeOf"),
  bump("undici", "6.7.1"),
  small("maria", "Sessions end at midnight", `${payments}/src/auth/session.ts`, "endOfDay"),
  tested("chidi", "Attach receipts as PDF", worker, "mail", "attach", "asPdf"),
  tested("aiko", "Coupons in the cart", web, "cart", "applyCoupon", "dropCoupon", "couponOf"),
  small("ben", "Runbook for stuck payouts", "docs/operations.md", "Stuck payouts", "Manual refunds"),
  bump("pg", "8.11.5"),
  {
    by: "maria",
    title: "Release 1.3.0",
    adds: { "docs/releases.md": ["Release 1.3.0"] },
    releases: "v1.3.0",
  },
  tested("maria", "Retry only what is safe to repeat", payments, "retry", "isSafe"),
  { by: "chidi", title: "Regenerate event messages", messages: [2, 24] },
  small("ben", "Health answers before the database does", `${payments}/src/server.ts`, "ready"),
  small("aiko", "Search from the third letter on", `${web}/src/search.ts`, "isLongEnough"),
  bump("zod", "3.23.0"),
  {
    ...tested("ben", "Refunds over several days", payments, "refund", "refundLater", "dueRefunds"),
    merged: true,
  },
  small("chidi", "Mail in batches of fifty", `${worker}/src/mail.ts`, "batchesOf"),
  tested("maria", "Cache exchange rates in memory", payments, "charge", "rateOf", "cachedRates"),
  small("aiko", "Fewer calls while typing", `${web}/src/search.ts`, "debounce"),
  {
    by: "maria",
    title: 'Revert "Cache exchange rates in memory"',
    reverts: "Cache exchange rates in memory",
  },
  bump("fastify", "4.26.2"),
  tested("chidi", "Try mail again tomorrow", worker, "mail", "postpone"),
  tested("aiko", "Checkout remembers the address", web, "checkout", "rememberAddress", "addressOf"),
  small("ben", "Tokens carry their audience", `${payments}/src/auth/tokens.ts`, "audienceOf"),
  {
    by: "ben",
    title: "Table for payouts",
    adds: {
      [`${payments}/migrations/002_payouts.sql`]: ["payouts"],
      [`${payments}/src/ledger.ts`]: ["bookPayout"],
    },
  },
  bump("react", "18.3.1"),
  small("maria", "Give up after six tries", `${payments}/src/retry.ts`, "giveUp"),
  small("aiko", "Wider buttons on phones", `${web}/src/shop.css`, "button"),
  tested("chidi", "Receipts for partial refunds", worker, "template", "renderRefund"),
  { by: "ben", title: "Release 1.4.0", adds: { "docs/releases.md": ["Release 1.4.0"] }, releases: "v1.4.0" },
  { ...tested("aiko", "Show stock in the cart", web, "cart", "stockOf", "lowStock"), merged: true },
  small("maria", "Count retries by reason", `${payments}/src/retry.ts`, "countRetry"),
  bump("stripe", "14.25.0"),
  tested("ben", "Match payouts with the bank", payments, "ledger", "matchPayout", "unmatched"),
  small("chidi", "Worker says what it waits for", `${worker}/src/worker.ts`, "describeQueue"),
  small("aiko", "Search results in a grid", `${web}/src/shop.css`, "results"),
  small("maria", "Retry runs on its own pool", `${payments}/src/retry.ts`, "retryPool"),
  bump("vitest", "1.6.0"),
  tested("chidi", "Number receipts without gaps", worker, "template", "nextNumber"),
  small("ben", "Who is on call at Easter", "docs/operations.md", "Easter"),
  tested("aiko", "Pay later", web, "checkout", "payLater"),
  small("maria", "Charge ids in every log line", `${payments}/src/charge.ts`, "logFields"),
  bump("express", "4.19.2"),
  small("chidi", "Mail address is checked once", `${worker}/src/mail.ts`, "checkAddress"),
  small("maria", "Retry tells the ledger", `${payments}/src/retry.ts`, "noteRetry"),
  small("aiko", "Keyboard opens the cart", `${web}/src/cart.ts`, "openWithKey"),
  small("ben", "Refunds name their reason", `${payments}/src/refund.ts`, "reasonOf"),
  tested("chidi", "Receipts say the tax number", worker, "template", "taxNumber"),
];

const dayOne = Date.UTC(2026, 0, 12, 9, 20) / 1000;
const hour = 3600;
/** Working days from nine to five, about one change a day. */
export function timeOf(index: number): number {
  const week = Math.floor(index / 6);
  return dayOne + week * 7 * 24 * hour + (index % 6) * 20 * hour + ((index * 7) % 5) * 1500;
}

export type Past = { files: Map<string, string>; versions: Versions; mark: number; changes: number };

function editsOf(change: Change, past: Past, undo: Map<string, Edits>): Edits {
  if (change.reverts !== undefined) return undo.get(change.reverts) ?? {};
  const edits: Edits = {};
  for (const [path, names] of Object.entries(change.adds ?? {})) {
    const added = names.map((name) => textFor(path, name)).join("\n");
    const before = past.files.get(path);
    edits[path] = before === undefined ? added : `${before}\n${added}`;
  }
  if (change.messages) edits[`${payments}/src/gen/events.pb.ts`] = generatedMessages(...change.messages);
  if (change.bumps) {
    Object.assign(past.versions, change.bumps);
    for (const [path, text] of Object.entries(packageFiles(past.versions)))
      if (past.files.get(path) !== text) edits[path] = text;
  }
  return edits;
}

/** Writes the default branch and gives its files and the mark of its tip. */
export function writePast(stream: Stream): Past {
  const files = new Map(Object.entries(firstFiles()));
  const first = stream.commit({
    ref: "refs/heads/main",
    author: people.maria,
    at: dayOne - 24 * hour,
    message: "First version",
    edits: Object.fromEntries(files),
  });
  const past: Past = { files, versions: { ...firstVersions }, mark: first, changes: changes.length };
  const undo = new Map<string, Edits>();
  for (const [index, change] of changes.entries()) {
    const at = timeOf(index);
    const author = people[change.by];
    const edits = editsOf(change, past, undo);
    undo.set(
      change.title,
      Object.fromEntries(Object.keys(edits).map((path) => [path, files.get(path) ?? null])),
    );
    const number = index + 1;
    if (change.merged) {
      // The branch is gone since, as on GitHub; the pull request keeps its head.
      const ref = `refs/pull/${number}/head`;
      const side = stream.commit({
        ref,
        author,
        at: at - hour,
        message: change.title,
        edits,
        from: past.mark,
      });
      const message = `Merge pull request #${number} from acme/${change.by}-${number}\n\n${change.title}`;
      past.mark = stream.commit({
        ref: "refs/heads/main",
        author,
        at,
        message,
        edits: {},
        from: past.mark,
        merge: side,
      });
    } else
      past.mark = stream.commit({
        ref: "refs/heads/main",
        author,
        at,
        message: `${change.title} (#${number})`,
        edits,
      });
    for (const [path, text] of Object.entries(edits)) {
      if (text === null) files.delete(path);
      else files.set(path, text);
    }
    if (change.releases) stream.tag(change.releases, past.mark, at + 1800);
  }
  return past;
}
