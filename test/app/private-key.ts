import { generateKeyPairSync } from "node:crypto";

/** A key such as GitHub makes for an App, and no App's. */
export const privateKey = generateKeyPairSync("rsa", { modulusLength: 2048 })
  .privateKey.export({ type: "pkcs1", format: "pem" })
  .toString();
