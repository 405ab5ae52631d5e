import { generatedMessages, textFor } from "./code.ts";
import { firstVersions, packageFiles } from "./packages.ts";

const payments = "services/payments-api";
const worker = "services/receipts-worker";
const web = "services/shop-web";

const readme = `# Shop

The web shop of Acme: three services in one repository.

| service | what it does |
| :-- | :-- |
| \`payments-api\` | takes money, gives it back |
| \`receipts-worker\` | turns payments into receipts |
| \`shop-web\` | what customers see |

Run \`npm ci && npm test\` bevor you push.
`;

const codeowners = `* @acme/shop
/services/payments-api/ @acme/payments-owners
/services/receipts-worker/ @acme/receipts
/services/shop-web/ @acme/web
/.github/ @acme/platform
`;

const services = `schema-version: 1
services:
  - name: payments-api
    paths: ["services/payments-api/**"]
    criticality: critical
  - name: receipts-worker
    paths: ["services/receipts-worker/**"]
  - name: shop-web
    paths: ["services/shop-web/**"]
`;

const workflow = `name: tests
on: [pull_request, push]
permissions:
  contents: read
jobs:
  test:
    runs-on: ubuntu-latest
    timeout-minutes: 10
    steps:
      - uses: actions/checkout@v5
      - run: npm ci && npm test
`;

/** What the first commit holds: path, and the names of its functions. */
const code: Record<string, string[]> = {
  [`${payments}/src/server.ts`]: ["listen", "health", "shutdown"],
  [`${payments}/src/charge.ts`]: ["createCharge", "captureCharge", "cancelCharge"],
  [`${payments}/src/refund.ts`]: ["refundCharge", "refundLine"],
  [`${payments}/src/retry.ts`]: ["retryCharge", "backOff"],
  [`${payments}/src/auth/session.ts`]: ["openSession", "closeSession"],
  [`${payments}/src/auth/tokens.ts`]: ["issueToken", "checkToken"],
  [`${payments}/src/ledger.ts`]: ["bookCharge", "bookRefund"],
  [`${payments}/test/charge.spec.ts`]: ["createCharge", "captureCharge"],
  [`${payments}/test/retry.spec.ts`]: ["retryCharge"],
  [`${payments}/test/refund.spec.ts`]: ["refundCharge"],
  [`${payments}/migrations/001_charges.sql`]: ["charges", "refunds"],
  [`${worker}/src/worker.ts`]: ["takeNext", "acknowledge"],
  [`${worker}/src/template.ts`]: ["renderReceipt"],
  [`${worker}/src/mail.ts`]: ["sendMail"],
  [`${worker}/test/template.spec.ts`]: ["renderReceipt"],
  [`${web}/src/cart.ts`]: ["addToCart", "removeFromCart"],
  [`${web}/src/checkout.ts`]: ["startCheckout", "payNow"],
  [`${web}/src/search.ts`]: ["searchProducts"],
  [`${web}/src/shop.css`]: ["cart", "checkout"],
  [`${web}/test/cart.spec.ts`]: ["addToCart"],
  "docs/operations.md": ["On call", "Backups"],
};

export function firstFiles(): Record<string, string> {
  const files: Record<string, string> = {
    "README.md": readme,
    ".github/CODEOWNERS": codeowners,
    ".github/adaptive-deploy/services.yaml": services,
    ".github/workflows/tests.yml": workflow,
    ".gitattributes": "*.pb.ts linguist-generated\n",
    [`${payments}/src/gen/events.pb.ts`]: generatedMessages(1, 20),
    ...packageFiles(firstVersions),
  };
  for (const [path, names] of Object.entries(code))
    files[path] = names.map((name) => textFor(path, name)).join("\n");
  return files;
}
