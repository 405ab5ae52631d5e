import { constants, createHash, type KeyObject, verify } from "node:crypto";

/**
 * A detached CMS signature (RFC 5652, DER), checked against one key that is known beforehand. Node verifies signatures
 * and knows nothing of CMS: only where the signed bytes stand is read here. Certificates inside count for nothing.
 */
export function signedBy(content: Buffer, signature: Buffer, key: KeyObject): boolean {
  try {
    return signersOf(signature).some((signer) => isSigner(signer, content, key));
  } catch {
    // What cannot be read, or does not fit the key, is nobody's signature.
    return false;
  }
}

class NotDer extends Error {}

type Part = { tag: number; content: Buffer; whole: Buffer };
const tags = { octets: 0x04, oid: 0x06, sequence: 0x30, set: 0x31, first: 0xa0 };
const oids = {
  signedData: "2a864886f70d010702",
  messageDigest: "2a864886f70d010904",
  pss: "2a864886f70d01010a",
};
const digests = new Map([
  ["608648016503040201", "sha256"],
  ["608648016503040202", "sha384"],
  ["608648016503040203", "sha512"],
]);

function signersOf(signature: Buffer): Part[] {
  const [type, wrapped] = partsOf(only(signature, tags.sequence));
  if (hex(type, tags.oid) !== oids.signedData) throw new NotDer();
  const data = partsOf(only(contentOf(wrapped, tags.first), tags.sequence));
  return partsOf(contentOf(data.at(-1), tags.set));
}

function isSigner(signer: Part, content: Buffer, key: KeyObject): boolean {
  const [, , digestAlgorithm, ...behind] = partsOf(contentOf(signer, tags.sequence));
  const digest = digests.get(hex(partsOf(contentOf(digestAlgorithm, tags.sequence))[0], tags.oid));
  if (digest === undefined) return false;
  const attributes = behind[0]?.tag === tags.first ? behind[0] : undefined;
  const [algorithm, value] = attributes === undefined ? behind : behind.slice(1);
  const bytes = contentOf(value, tags.octets);
  const pss = hex(partsOf(contentOf(algorithm, tags.sequence))[0], tags.oid) === oids.pss;
  const how = pss ? { key, padding: constants.RSA_PKCS1_PSS_PADDING } : { key };
  if (attributes === undefined) return verify(digest, content, how, bytes);
  // What is signed are the attributes, as the set that they are, and one of them is the digest of the content.
  const signed = Buffer.from(attributes.whole);
  signed[0] = tags.set;
  return (
    verify(digest, signed, how, bytes) && namesDigest(attributes, createHash(digest).update(content).digest())
  );
}

function namesDigest(attributes: Part, digest: Buffer): boolean {
  const named = partsOf(attributes.content)
    .map((attribute) => partsOf(contentOf(attribute, tags.sequence)))
    .filter(([name]) => hex(name, tags.oid) === oids.messageDigest)
    .map(([, values]) => partsOf(contentOf(values, tags.set)));
  const [values] = named;
  if (named.length !== 1 || values?.length !== 1) return false;
  return contentOf(values[0], tags.octets).equals(digest);
}

function only(bytes: Buffer, tag: number): Buffer {
  const [first] = partsOf(bytes);
  return contentOf(first, tag);
}

function contentOf(part: Part | undefined, tag: number): Buffer {
  if (part?.tag !== tag) throw new NotDer();
  return part.content;
}

function hex(part: Part | undefined, tag: number): string {
  return contentOf(part, tag).toString("hex");
}

function partsOf(bytes: Buffer): Part[] {
  const found: Part[] = [];
  for (let rest = bytes; rest.length > 0; ) {
    const part = firstOf(rest);
    found.push(part);
    rest = rest.subarray(part.whole.length);
  }
  return found;
}

/** One tag, a length of definite form, and so many bytes. */
function firstOf(bytes: Buffer): Part {
  const [tag, short] = bytes;
  if (tag === undefined || short === undefined || short === 0x80 || short > 0x84) throw new NotDer();
  const more = short < 0x80 ? 0 : short - 0x80;
  if (bytes.length < 2 + more) throw new NotDer();
  const length = more === 0 ? short : bytes.readUIntBE(2, more);
  const end = 2 + more + length;
  if (bytes.length < end) throw new NotDer();
  return { tag, content: bytes.subarray(2 + more, end), whole: bytes.subarray(0, end) };
}
