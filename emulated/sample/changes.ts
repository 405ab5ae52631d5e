import { generatedMessages, textFor } from "./code.ts";
import type { Edits, Stream } from "./fast-import.ts";
import { type Past, timeOf } from "./history.ts";
import { packageFiles } from "./packages.ts";
import { type Login, people } from "./people.ts";

/** Three pull requests: one to wave through, one to look at, one to hold one's breath for. */

export type SamplePull = {
  number: number;
  title: string;
  body: string;
  author: Login;
  head: string;
  base: "main";
};
export type SampleRisk = "low" | "middle" | "high";

const payments = "services/payments-api";
const worker = "services/receipts-worker";
const web = "services/shop-web";

function appended(past: Past, adds: Record<string, string[]>): Edits {
  const edits: Edits = {};
  for (const [path, names] of Object.entries(adds)) {
    const added = names.map((name) => textFor(path, name)).join("\n");
    const before = past.files.get(path);
    edits[path] = before === undefined ? added : `${before}\n${added}`;
  }
  return edits;
}

function replaced(past: Past, path: string, from: string, to: string): Edits {
  const before = past.files.get(path) ?? "";
  if (!before.includes(from)) throw new Error(`The sample's ${path} lacks ${JSON.stringify(from)}.`);
  return { [path]: before.replace(from, to) };
}

function low(past: Past): Edits {
  return {
    ...replaced(past, "README.md", "bevor", "before"),
    ...replaced(
      past,
      `${web}/src/search.ts`,
      "isLongEnough: nothing to do",
      "isLongEnough: too short to search for",
    ),
  };
}

function middle(past: Past): Edits {
  const packages = packageFiles({ ...past.versions, stripe: "15.12.0" });
  const bumped = Object.entries(packages).filter(([path, text]) => past.files.get(path) !== text);
  return {
    ...Object.fromEntries(bumped),
    ...appended(past, {
      [`${payments}/src/retry.ts`]: ["retryAfterHeader"],
      [`${payments}/test/retry.spec.ts`]: ["retryAfterHeader"],
      [`${worker}/src/template.ts`]: ["renderDispute"],
    }),
    ...replaced(past, `${payments}/src/charge.ts`, "createCharge: nothing to do", "createCharge: no lines"),
    [`${payments}/src/gen/events.pb.ts`]: generatedMessages(3, 52),
  };
}

const migration = `alter table charges add column tenant_id uuid;
update charges set tenant_id = (select id from tenants where tenants.legacy_key = charges.shop_key);
alter table charges alter column tenant_id set not null;
alter table charges drop column shop_key;
create index concurrently charges_by_tenant on charges (tenant_id, created_at);
`;

function high(past: Past): Edits {
  return {
    [`${payments}/migrations/003_tenants.sql`]: `${textFor("x.sql", "tenants")}\n${migration}`,
    ...appended(past, {
      [`${payments}/src/auth/session.ts`]: [
        "sessionOfTenant",
        "switchTenant",
        "revokeSessions",
        "sessionScope",
      ],
      [`${payments}/src/auth/tokens.ts`]: ["issueTenantToken", "checkTenantToken", "rotateKeys", "keyFor"],
      [`${payments}/src/auth/roles.ts`]: ["rolesOf", "mayRefund", "mayCharge", "mayPayOut", "requireRole"],
      [`${payments}/src/server.ts`]: ["tenantOfRequest", "rejectStrangers"],
      [`${payments}/src/charge.ts`]: ["chargeForTenant", "limitsOfTenant"],
      [`${payments}/src/refund.ts`]: ["refundForTenant"],
      [`${payments}/src/ledger.ts`]: ["ledgerOfTenant", "moveLedger", "splitLedger"],
      [`${payments}/test/roles.spec.ts`]: ["mayRefund", "mayCharge"],
      [`${worker}/src/worker.ts`]: ["takeNextOfTenant"],
      [`${worker}/src/template.ts`]: ["logoOfTenant"],
      [`${web}/src/checkout.ts`]: ["checkoutForTenant"],
    }),
    ...replaced(past, `${payments}/src/retry.ts`, "retryCharge: nothing to do", "retryCharge: no tenant"),
  };
}

const pulls: Record<SampleRisk, SamplePull> = {
  low: {
    ...{
      number: 87,
      title: "Fix a typo, and say why a search did nothing",
      author: "aiko",
      head: "aiko/search-message",
      base: "main",
    },
    body: "Two words.",
  },
  middle: {
    ...{
      number: 88,
      title: "Move to stripe 15 and honour Retry-After",
      author: "maria",
      head: "maria/stripe-15",
      base: "main",
    },
    body: "stripe 15 gives us the Retry-After header, so the retry waits as long as it says.\n\nEvent messages are generated anew.",
  },
  high: {
    ...{
      number: 89,
      title: "Tenants: one database, many shops",
      author: "ben",
      head: "ben/tenants",
      base: "main",
    },
    body: "Every charge belongs to a tenant. Sessions and tokens carry it. The migration fills the column and drops the old key.",
  },
};

const edits: Record<SampleRisk, (past: Past) => Edits> = { low, middle, high };

export function writeChanges(stream: Stream, past: Past): Record<SampleRisk, SamplePull> {
  for (const [index, risk] of (["low", "middle", "high"] as const).entries()) {
    const pull = pulls[risk];
    const at = timeOf(past.changes + index);
    stream.commit({
      ref: `refs/heads/${pull.head}`,
      author: people[pull.author],
      at,
      message: pull.title,
      edits: edits[risk](past),
      from: past.mark,
    });
  }
  return pulls;
}
