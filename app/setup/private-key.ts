import { createPrivateKey } from "node:crypto";

/** Whether GitHub would take what is signed with it: an RSA key as PEM, such as GitHub makes for an App. */
export function isPrivateKey(pem: string): boolean {
  try {
    return createPrivateKey(pem).asymmetricKeyType === "rsa";
  } catch {
    return false;
  }
}
