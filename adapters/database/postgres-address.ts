import { UserError } from "../../core/errors.ts";

/** What may be said of a database's address: host, port and name, and never the password that may stand in it. */
export function databaseAddress(url: string): string {
  const parsed = parse(url);
  if (!/^postgres(?:ql)?:$/.test(parsed.protocol)) throw bad("It does not begin with postgres://");
  // An unescaped sign in a password moves the border between host and path, and the rest of the password behind it.
  if (/@/.test(parsed.pathname + parsed.search + parsed.hash)) {
    throw bad("Signs such as / ? # @ in a user or password have to be written as %2F %3F %23 %40");
  }
  const host = parsed.searchParams.get("host") ?? parsed.hostname;
  const port = parsed.searchParams.get("port") ?? (parsed.port || "5432");
  return `The database ${parsed.pathname.slice(1) || "of the user's name"} at ${host || "localhost"}:${port}`;
}

function parse(url: string): URL {
  const address = URL.parse(url) ?? URL.parse(url.replace("@/", "@localhost/"));
  if (address === null) throw bad("It is no address of the form postgres://user:password@host:5432/name");
  return address;
}

function bad(why: string): UserError {
  return new UserError("bad-database-url", `DATABASE_URL cannot be used. ${why}.`);
}
