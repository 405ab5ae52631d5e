/** Where a change goes that nobody says otherwise of. */
export const defaultEnvironment = "production";
