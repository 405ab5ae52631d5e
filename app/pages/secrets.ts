import {
  createCipheriv,
  createDecipheriv,
  createHash,
  createHmac,
  hkdfSync,
  randomBytes,
  timingSafeEqual,
} from "node:crypto";
import { exitCodes, UserError } from "../../core/errors.ts";

/** What is kept secret, each under a key of its own purpose derived from the one secret of the App. */
export type Secrets = {
  /** AES-256-GCM; what is sealed for one place opens in no other. */
  seal(text: string, place: string): string;
  /** Undefined where it was changed, or sealed for another place or under another secret. */
  open(sealed: string, place: string): string | undefined;
  /** For the hidden field of a form: the same for one session, unknown to every other site. */
  formToken(sessionId: string): string;
};

const shortestSecret = 32;

export function secretsFrom(secret: string): Secrets {
  if (secret.length < shortestSecret) {
    throw new UserError(
      "not-configured",
      `The secret of the page has ${secret.length} characters and needs ${shortestSecret}: make one with \`openssl rand -hex 32\`.`,
      exitCodes.usage,
    );
  }
  const keyFor = (purpose: string) =>
    Buffer.from(hkdfSync("sha256", secret, "", `adaptive-deploy page: ${purpose}`, 32));
  const sealing = keyFor("seal");
  const forms = keyFor("forms");
  return {
    seal: (text, place) => {
      const start = randomBytes(12);
      const cipher = createCipheriv("aes-256-gcm", sealing, start).setAAD(Buffer.from(place));
      const body = Buffer.concat([cipher.update(text, "utf8"), cipher.final()]);
      return Buffer.concat([start, cipher.getAuthTag(), body]).toString("base64url");
    },
    open: (sealed, place) => opened(sealing, Buffer.from(sealed, "base64url"), place),
    formToken: (sessionId) => createHmac("sha256", forms).update(sessionId).digest("base64url"),
  };
}

function opened(key: Buffer, bytes: Buffer, place: string): string | undefined {
  if (bytes.length < 28) return undefined;
  const decipher = createDecipheriv("aes-256-gcm", key, bytes.subarray(0, 12), { authTagLength: 16 });
  decipher.setAAD(Buffer.from(place)).setAuthTag(bytes.subarray(12, 28));
  try {
    return Buffer.concat([decipher.update(bytes.subarray(28)), decipher.final()]).toString("utf8");
  } catch {
    return undefined;
  }
}

export function randomText(): string {
  return randomBytes(32).toString("base64url");
}

export function digest(text: string): string {
  return createHash("sha256").update(text).digest("base64url");
}

/** Compared by their digests, so that neither the time taken nor the length tells anything. */
export function same(one: string, other: string): boolean {
  return timingSafeEqual(Buffer.from(digest(one)), Buffer.from(digest(other)));
}
