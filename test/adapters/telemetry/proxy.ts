import { once } from "node:events";
import { createServer } from "node:http";
import { connect } from "node:net";

/** A proxy on loopback that opens tunnels and remembers to where, and for whom. */
export async function startProxy() {
  const tunnels: { to: string; authorization: string | undefined }[] = [];
  const open = new Set<() => void>();
  const server = createServer((_, response) => response.writeHead(500).end());
  server.on("connect", ({ url = "", headers }, near, head) => {
    tunnels.push({ to: url, authorization: headers["proxy-authorization"] });
    const [host = "", port] = url.split(":");
    const far = connect(Number(port), host, () => {
      near.write("HTTP/1.1 200 Connected\r\n\r\n");
      far.write(head);
      far.pipe(near).pipe(far);
    });
    const close = () => {
      near.destroy();
      far.destroy();
    };
    open.add(close);
    near.on("error", close).on("close", close);
    far.on("error", close);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  return {
    host: `127.0.0.1:${typeof address === "object" ? address?.port : 0}`,
    tunnels,
    async close() {
      server.close();
      for (const closeTunnel of open) closeTunnel();
      await once(server, "close");
    },
  };
}
