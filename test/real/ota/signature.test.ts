import { execFileSync } from "node:child_process";
import { createPublicKey, X509Certificate } from "node:crypto";
import { readFileSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { signedBy } from "../../../adapters/targets/ota/cms.ts";
import { membersOf } from "../../../adapters/targets/ota/cpio.ts";
import { buildImage, makeSigner } from "./swupdate.ts";

/** What OpenSSL signs and GNU cpio packs, read by us. */

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "signature-"));
  await writeFile(join(folder, "content"), content);
});
afterAll(() => rm(folder, { recursive: true }));

const content = 'software = { version = "1.0"; }';

function certificate(name: string, ...key: string[]) {
  const files = ["-keyout", join(folder, `${name}.key`), "-out", join(folder, `${name}.pem`)];
  const made = ["req", "-x509", ...key, "-nodes", "-days", "2", "-subj", `/CN=${name}`, ...files];
  execFileSync("openssl", made, { stdio: "ignore" });
  return { name, key: new X509Certificate(readFileSync(join(folder, `${name}.pem`))).publicKey };
}

function sign(name: string, ...more: string[]): Buffer {
  const files = ["-in", "content", "-signer", `${name}.pem`, "-inkey", `${name}.key`];
  const form = ["-outform", "DER", "-nosmimecap", "-binary"];
  return execFileSync("openssl", ["cms", "-sign", ...files, ...form, ...more], { cwd: folder });
}

describe("a signature of CMS", () => {
  const rsa = ["-newkey", "rsa:2048"];
  const elliptic = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1"];
  const cases: [string, string[], string[]][] = [
    ["RSA", rsa, []],
    ["RSA with SHA-512", rsa, ["-md", "sha512"]],
    ["RSA-PSS", rsa, ["-keyopt", "rsa_padding_mode:pss"]],
    ["RSA without attributes", rsa, ["-noattr"]],
    ["RSA without certificates", rsa, ["-nocerts"]],
    ["elliptic curves", elliptic, []],
    ["elliptic curves with SHA-384", elliptic, ["-md", "sha384"]],
  ];
  it.each(cases)("of %s holds for its content and its signer alone", (name, key, how) => {
    const signer = certificate(name.replaceAll(" ", "-"), ...key);
    const signature = sign(signer.name, ...how);
    expect(signedBy(Buffer.from(content), signature, signer.key)).toBe(true);
    expect(signedBy(Buffer.from(`${content} `), signature, signer.key)).toBe(false);
    expect(signedBy(Buffer.from(content), signature, certificate("stranger", ...key).key)).toBe(false);
  });

  it("that is damaged anywhere, or cut, throws nothing and never holds for other content", () => {
    const signer = certificate("damaged", ...rsa);
    const signature = sign(signer.name);
    const other = Buffer.from(content.replace("1.0", "6.6"));
    for (let index = 0; index < signature.length; index += 1) {
      const damaged = Buffer.from(signature);
      damaged[index] = (damaged[index] ?? 0) ^ 0x55;
      expect(signedBy(other, damaged, signer.key)).toBe(false);
      expect(signedBy(Buffer.from(content), signature.subarray(0, index), signer.key)).toBe(false);
    }
  });

  it("of a weak digest holds for nobody", () => {
    const signer = certificate("weak", ...rsa);
    expect(signedBy(Buffer.from(content), sign(signer.name, "-md", "sha1"), signer.key)).toBe(false);
  });
});

describe("an archive of cpio", () => {
  async function* inPieces(bytes: Buffer, size: number) {
    for (let start = 0; start < bytes.length; start += size) yield bytes.subarray(start, start + size);
  }

  it("is read alike in pieces of any size, and refused where it ends too early", async () => {
    const signer = makeSigner(folder, "vendor");
    const image = await buildImage({ version: "1.0", firmware: "f".repeat(5001), path: "/firmware", signer });
    const whole = await membersOf(inPieces(image, image.length));
    expect([...whole.keys()]).toEqual(["sw-description", "sw-description.sig", "firmware"]);
    const description = whole.get("sw-description")?.bytes ?? Buffer.alloc(0);
    const signature = whole.get("sw-description.sig")?.bytes ?? Buffer.alloc(0);
    expect(signedBy(description, signature, createPublicKey(readFileSync(signer.certificate)))).toBe(true);
    for (const size of [1, 7, 110, 4096]) expect(await membersOf(inPieces(image, size))).toEqual(whole);
    for (const length of [0, 50, 500, 5000])
      await expect(membersOf(inPieces(image.subarray(0, length), 64))).rejects.toThrow("ends too early");
    await expect(membersOf(inPieces(Buffer.alloc(4096, "x"), 64))).rejects.toThrow("no cpio archive");
  });
});
