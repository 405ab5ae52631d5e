/** Where a repository keeps its policy, on its default branch. */
export const configurationPath = ".github/adaptive-deploy.yml";
export const defaultBundleFolder = ".github/adaptive-deploy";
/** Where a change goes that nobody says otherwise of. */
export const defaultEnvironment = "production";
