/** GitHub's API where no Enterprise Server is named. */
export const publicApi = "https://api.github.com";

/** Name of the check of a workflow; the App's own is another. */
export const actionCheck = "adaptive-deploy/decide";
