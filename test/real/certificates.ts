import { execFileSync } from "node:child_process";

/** Certificates of an authority of our own, which openssl makes in a folder: authority, stranger, server, client. */
export function makeCertificates(folder: string): void {
  const openssl = (...given: string[]) => execFileSync("openssl", given, { cwd: folder, stdio: "ignore" });
  const certificate = (name: string, more: string[]): void => {
    const key = [
      "-newkey",
      "ec",
      "-pkeyopt",
      "ec_paramgen_curve:prime256v1",
      "-nodes",
      "-keyout",
      `${name}.key`,
    ];
    openssl("req", "-x509", ...key, "-out", `${name}.pem`, "-subj", `/CN=${name}`, "-days", "2", ...more);
  };
  for (const name of ["authority", "stranger"]) certificate(name, ["-addext", "keyUsage=keyCertSign"]);
  const signed = ["-CA", "authority.pem", "-CAkey", "authority.key"];
  certificate("server", [...signed, "-addext", "subjectAltName=IP:127.0.0.1"]);
  certificate("client", signed);
}
