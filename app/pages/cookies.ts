import type { IncomingMessage } from "node:http";

/** Over https a name that no subdomain and no plain connection can set; on loopback the bare one. */
export type Cookies = {
  read(request: IncomingMessage, name: string): string | undefined;
  set(name: string, value: string, seconds: number): string;
  clear(name: string): string;
};

export function cookiesFor(publicUrl: string): Cookies {
  const secure = publicUrl.startsWith("https:");
  const full = (name: string) => `${secure ? "__Host-" : ""}adaptive-deploy-${name}`;
  const set = (name: string, value: string, seconds: number) =>
    `${full(name)}=${value}; Path=/; Max-Age=${seconds}; HttpOnly; SameSite=Lax${secure ? "; Secure" : ""}`;
  return {
    read: (request, name) => {
      const wanted = `${full(name)}=`;
      const found = (request.headers.cookie ?? "").split(";").find((pair) => pair.trim().startsWith(wanted));
      const value = found?.trim().slice(wanted.length);
      return value && /^[\w.-]{1,4096}$/u.test(value) ? value : undefined;
    },
    set,
    clear: (name) => set(name, "", 0),
  };
}
