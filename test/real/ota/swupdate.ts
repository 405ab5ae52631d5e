import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdirSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { answered, type OwnProcess, startProcess } from "../own-process.ts";

/** Who signs images: the certificate is what devices are given. */
export type Signer = { key: string; certificate: string };

export function makeSigner(folder: string, name: string): Signer {
  const signer = { key: join(folder, `${name}.key`), certificate: join(folder, `${name}.pem`) };
  const made = ["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", `/CN=${name}`];
  // swupdate takes no certificate that is not meant for signing messages.
  const usage = [
    "-addext",
    "keyUsage=critical,digitalSignature",
    "-addext",
    "extendedKeyUsage=emailProtection",
  ];
  const files = ["-keyout", signer.key, "-out", signer.certificate];
  execFileSync("openssl", [...made, ...usage, ...files], { stdio: "ignore" });
  return signer;
}

export type ImageSource = {
  version: string;
  /** The bytes of the firmware. */
  firmware: string;
  /** Where they go on the device; the image says so itself, as images of swupdate do. */
  path: string;
  /** Nobody signs an image without it. */
  signer?: Signer;
  /** Happens between signing and packing, for a test to forge what was signed. */
  tamper?: (folder: string) => Promise<void>;
};

/** The bytes of an image for swupdate: a cpio archive of a description, its CMS signature and the firmware. */
export async function buildImage(source: ImageSource): Promise<Buffer> {
  const folder = await mkdtemp(join(tmpdir(), "image-"));
  try {
    await writeFile(join(folder, "firmware"), source.firmware);
    await writeFile(join(folder, "sw-description"), description(source));
    const members = ["sw-description", "firmware"];
    if (source.signer) {
      const { certificate, key } = source.signer;
      const files = [
        "-in",
        "sw-description",
        "-out",
        "sw-description.sig",
        "-signer",
        certificate,
        "-inkey",
        key,
      ];
      const form = ["-outform", "DER", "-nosmimecap", "-binary"];
      execFileSync("openssl", ["cms", "-sign", ...files, ...form], { cwd: folder });
      // The signature comes right after what it signs: swupdate reads the archive as a stream.
      members.splice(1, 0, "sw-description.sig");
    }
    await source.tamper?.(folder);
    const archive = ["--create", "--format=crc", "--quiet"];
    return execFileSync("cpio", archive, { cwd: folder, input: `${members.join("\n")}\n` });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function description({ version, firmware, path }: ImageSource): string {
  const sha256 = createHash("sha256").update(firmware).digest("hex");
  return `software = {
  version = "${version}";
  hardware-compatibility: [ "1.0" ];
  files: ( { filename = "firmware"; path = "${path}"; sha256 = "${sha256}"; } );
}
`;
}

/** Installs an image with the real program, which trusts one certificate. It refuses what that one did not sign. */
export async function install(
  image: Buffer,
  { certificate }: Pick<Signer, "certificate">,
): Promise<{ installed: boolean; said: string }> {
  const folder = await mkdtemp(join(tmpdir(), "swupdate-"));
  try {
    const file = join(folder, "image.swu");
    await writeFile(file, image);
    const program = swupdate(folder, certificate, ["--image", file]);
    const over = async () => (program.running() ? undefined : true);
    await answered("swupdate", program, over);
    // The installer's own word counts. Exit code and closing sentence come from elsewhere, and are wrong now and then.
    return { installed: program.said().includes("SWUPDATE successful"), said: program.said() };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

export function swupdate(folder: string, certificate: string, what: string[]): OwnProcess {
  const parameters = ["--verbose", "--hwrevision", "board:1.0", "--key", certificate, ...what];
  // Its sockets are in a folder of its own, so that several can run. What it unpacks there it also clears away.
  const work = join(folder, "work");
  mkdirSync(work, { recursive: true });
  return startProcess("swupdate", parameters, { cwd: folder, environment: { TMPDIR: work } });
}
