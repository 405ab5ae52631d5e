import type { Site } from "./pages-site.ts";

/** A browser as far as a test needs one: it keeps cookies, follows nothing by itself and sends forms. */
export function browserOf(site: Site) {
  const jar = new Map<string, string>();
  const go = async (path: string, init: RequestInit = {}): Promise<Response> => {
    const headers = new Headers(init.headers);
    if (jar.size > 0) headers.set("cookie", [...jar].map(([name, value]) => `${name}=${value}`).join("; "));
    const response = await fetch(new URL(path, site.url), { redirect: "manual", ...init, headers });
    for (const line of response.headers.getSetCookie()) {
      const [name = "", value = ""] = (line.split(";", 1)[0] ?? "").split("=");
      if (line.includes("Max-Age=0")) jar.delete(name);
      else jar.set(name, value);
    }
    return response;
  };
  const post = (path: string, fields: Record<string, string>, headers: Record<string, string> = {}) =>
    go(path, { method: "POST", body: new URLSearchParams(fields), headers });
  return {
    jar,
    go,
    post,
    text: async (path: string): Promise<string> => (await go(path)).text(),
    /** Through GitHub and back; gives the answer of the callback. */
    signIn: async (login: string, to = "/"): Promise<Response> => {
      const callback = await viaGitHub(await post("/sign-in", { to }), login);
      return go(callback);
    },
  };
}

/** The address that GitHub sends the person back to. */
export async function viaGitHub(sent: Response, login: string): Promise<string> {
  const authorize = new URL(sent.headers.get("location") ?? "");
  authorize.searchParams.set("login", login);
  const back = await fetch(authorize, { redirect: "manual" });
  return back.headers.get("location") ?? "";
}
