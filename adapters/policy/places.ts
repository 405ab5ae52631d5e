import { isAbsolute, join } from "node:path";

/** Where a repository keeps its policy, on its default branch. */
export const configurationPath = ".github/adaptive-deploy.yml";
export const defaultBundleFolder = ".github/adaptive-deploy";
/** Where `ledger: { home: file }` keeps its events, unless it names a folder. */
const defaultLedgerFolder = ".adaptive-deploy/ledger";

/** Where a ledger of files lies: a folder that is named relatively is in the checkout. */
export function ledgerFolder(repository: string, named: string = defaultLedgerFolder): string {
  return isAbsolute(named) ? named : join(repository, named);
}
