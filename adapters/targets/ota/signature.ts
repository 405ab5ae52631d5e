import {
  createHash,
  createPublicKey,
  createVerify,
  type KeyObject,
  verify,
  X509Certificate,
} from "node:crypto";
import { readFile } from "node:fs/promises";
import type { UserError } from "../../../core/errors.ts";
import { plain } from "../../../core/render/escape.ts";
import { refused } from "../faults.ts";
import { signedBy } from "./cms.ts";
import { type Member, membersOf, NotAnArchive } from "./cpio.ts";
import type { Hawkbit } from "./hawkbit.ts";
import type { Artifact } from "./versions.ts";

/**
 * Images are checked as devices check them, and before any device is offered one: the description in the image has to
 * be signed by the key that devices trust, and everything else in it to be what the description says.
 */
export async function checkImage(
  hawkbit: Hawkbit,
  artifacts: readonly Artifact[],
  signer: string,
): Promise<void> {
  const key = await keyOf(signer);
  const images = artifacts.filter(({ name }) => !isBeside(name, artifacts));
  if (images.length === 0)
    throw refused("The distribution set holds no image whose signature could be checked.");
  for (const image of images) {
    const beside = artifacts.find(({ name }) => name === `${image.name}.sig`);
    await (beside === undefined
      ? checkArchive(hawkbit, image, key, signer)
      : checkBeside(hawkbit, image, beside, key, signer));
  }
}

const isBeside = (name: string, all: readonly Artifact[]): boolean =>
  name.endsWith(".sig") && all.some((one) => `${one.name}.sig` === name);

async function keyOf(file: string): Promise<KeyObject> {
  const shown = plain(file, 200);
  let text: string;
  try {
    text = await readFile(file, "utf8");
  } catch {
    throw refused(`The certificate ${shown} (signed-by) cannot be read. Look at its path and permissions.`);
  }
  try {
    if (!text.includes("-----BEGIN CERTIFICATE-----")) return createPublicKey(text);
    const certificate = new X509Certificate(text);
    if (Date.parse(certificate.validTo) > Date.now()) return certificate.publicKey;
  } catch {
    throw refused(`${shown} (signed-by) is neither a certificate nor a public key in PEM.`);
  }
  throw refused(`The certificate ${shown} (signed-by) has expired: devices refuse what it signed.`);
}

/** An image for swupdate. */
async function checkArchive(
  hawkbit: Hawkbit,
  image: Artifact,
  key: KeyObject,
  signer: string,
): Promise<void> {
  const whole = createHash("sha256");
  let members: Map<string, Member>;
  try {
    members = await membersOf(hashing(await hawkbit.download(image.path), whole));
  } catch (error) {
    if (error instanceof NotAnArchive)
      throw unsigned(image, `${error.message}, and there is no ${image.name}.sig`);
    throw error;
  }
  checkWhole(image, whole.digest("hex"));
  const description = members.get("sw-description")?.bytes;
  const signature = members.get("sw-description.sig")?.bytes;
  if (!description || !signature)
    throw unsigned(image, "its description or the signature of that is missing");
  // swupdate is built for one of the two: a bare signature of RSA is as long as its key, and no CMS begins like it.
  if (!signedBy(description, signature, key) && !isBare(description, signature, key))
    throw tampered(image, `its description is not signed by ${plain(signer, 200)}`);
  const described = hashesIn(description.toString("utf8"));
  for (const [name, { sha256 }] of members)
    if (!name.startsWith("sw-description") && described.get(name) !== sha256)
      throw tampered(image, `${plain(name, 100)} is not what the signed description says`);
  for (const name of described.keys())
    if (!members.has(name)) throw tampered(image, `${plain(name, 100)} is missing in it`);
}

function isBare(content: Buffer, signature: Buffer, key: KeyObject): boolean {
  // Keys that sign no digest of their own fit a CMS alone.
  return ["rsa", "ec"].includes(key.asymmetricKeyType ?? "") && verify("sha256", content, key, signature);
}

/** Any other image has its signature beside it: SHA-256, as `openssl dgst -sha256 -sign` makes it. */
async function checkBeside(
  hawkbit: Hawkbit,
  image: Artifact,
  beside: Artifact,
  key: KeyObject,
  signer: string,
): Promise<void> {
  const signature: Uint8Array[] = [];
  for await (const chunk of await hawkbit.download(beside.path)) signature.push(chunk);
  const [whole, verifier] = [createHash("sha256"), createVerify("sha256")];
  for await (const chunk of hashing(await hawkbit.download(image.path), whole)) verifier.update(chunk);
  checkWhole(image, whole.digest("hex"));
  if (!verifier.verify(key, Buffer.concat(signature)))
    throw tampered(image, `it is not signed by ${plain(signer, 200)}`);
}

/** `filename` and `sha256` of the same group: names of what the signature covers beside the description itself. */
function hashesIn(description: string): Map<string, string> {
  const found = new Map<string, string>();
  for (const [group] of description.matchAll(/\{[^{}]*\}/g)) {
    const name = /"?filename"?\s*[:=]\s*"([^"]+)"/.exec(group)?.[1];
    const sha256 = /"?sha256"?\s*[:=]\s*"([0-9a-fA-F]{64})"/.exec(group)?.[1];
    if (name !== undefined && sha256 !== undefined) found.set(name, sha256.toLowerCase());
  }
  return found;
}

async function* hashing(chunks: AsyncIterable<Uint8Array>, hash: ReturnType<typeof createHash>) {
  for await (const chunk of chunks) {
    hash.update(chunk);
    yield chunk;
  }
}

function checkWhole(image: Artifact, sha256: string): void {
  if (sha256 !== image.sha256) throw tampered(image, "hawkBit gives other bytes than it says");
}

function unsigned(image: Artifact, why: string): UserError {
  return refused(
    `The image ${plain(image.name, 100)} is not signed: ${why}. Nothing is offered to any device.`,
  );
}

function tampered(image: Artifact, why: string): UserError {
  return refused(`The image ${plain(image.name, 100)} is refused: ${why}. Nothing is offered to any device.`);
}
