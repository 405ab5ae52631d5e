/** Where a repository keeps its policy, on its default branch. */
export const configurationPath = ".github/adaptive-deploy.yml";
export const defaultBundleFolder = ".github/adaptive-deploy";
/** Where `ledger: { home: file }` keeps its events, unless it names a folder. */
export const defaultLedgerFolder = ".adaptive-deploy/ledger";
