/** Name of the check of a workflow; the App's own is another. */
export const actionCheck = "adaptive-deploy/decide";
