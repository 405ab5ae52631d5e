import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { afterEach, describe, expect, it } from "vitest";
import * as z from "zod";
import { type Hawkbit, hawkbit } from "../../../../adapters/targets/ota/hawkbit.ts";

type Answer = (request: IncomingMessage, response: ServerResponse) => void;
const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

const secret = "deployer:very secret indeed";

async function against(answer: Answer, token = secret): Promise<Hawkbit> {
  const server = createServer(answer);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  closing.push(() => {
    server.closeAllConnections();
    return new Promise((resolve) => server.close(() => resolve()));
  });
  const address = server.address();
  const port = typeof address === "object" ? address?.port : 0;
  return hawkbit(`http://127.0.0.1:${port}/`, "TOKEN", { TOKEN: token });
}

const saying =
  (status: number, body: unknown): Answer =>
  (_, response) =>
    response.writeHead(status).end(typeof body === "string" ? body : JSON.stringify(body));

describe("the management API of hawkBit", () => {
  it("is asked page by page until all is there, and with the filter each time", async () => {
    const asked: string[] = [];
    const client = await against((request, response) => {
      const url = new URL(request.url ?? "", "http://localhost");
      asked.push(`${url.pathname} ${url.searchParams.get("q")} ${url.searchParams.get("offset")}`);
      const offset = Number(url.searchParams.get("offset"));
      const content = Array.from({ length: Math.min(500, 1201 - offset) }, (_, index) => ({
        controllerId: `d${offset + index}`,
      }));
      response.end(JSON.stringify({ total: 1201, content }));
    });
    const found = await client.devices("name==a&b");
    expect(new Set(found).size).toBe(1201);
    expect(asked).toEqual(["0", "500", "1000"].map((offset) => `/rest/v1/targets name==a&b ${offset}`));
  });

  it("ends where a collection shrinks while it is read", async () => {
    const client = await against((request, response) => {
      const first = request.url?.includes("offset=0") === true;
      response.end(JSON.stringify({ total: 9, content: first ? [{ id: 1 }] : [] }));
    });
    expect(await client.list("/rollouts", "", z.looseObject({ id: z.int() }))).toEqual([{ id: 1 }]);
  });

  it.each([
    ["user:password as Basic", "user:pass word", `Basic ${btoa("user:pass word")}`],
    ["anything else as a bearer token", "abc.def", "Bearer abc.def"],
  ])("is told who asks: %s", async (_, token, header) => {
    const client = await against((request, response) => {
      response.end(JSON.stringify({ total: 0, header: request.headers.authorization }));
    }, token);
    expect(await client.ask("GET", "/targets")).toMatchObject({ header });
  });

  it("waits where it is asked too much at once", async () => {
    let asked = 0;
    const client = await against((_, response) => {
      asked += 1;
      response.writeHead(asked === 1 ? 429 : 200).end('{"total":7,"content":[]}');
    });
    expect(await client.count("name==*")).toBe(7);
  });
});

describe("faults of hawkBit", () => {
  const said = { message: "The given entity is \u001b[31mnot so" };
  const cases: [string, Answer, string][] = [
    ["401", saying(401, ""), "target-unavailable"],
    ["403", saying(403, ""), "target-refused"],
    ["404", saying(404, said), "target-refused"],
    ["400", saying(400, said), "target-refused"],
    ["409", saying(409, said), "target-unavailable"],
    ["500", saying(500, said), "target-unavailable"],
    ["503 in HTML", saying(503, "<html>"), "target-unavailable"],
    ["no JSON", saying(200, "<html>login</html>"), "target-refused"],
    ["another server's JSON", saying(200, { hello: "there" }), "target-refused"],
    ["a redirect", (_, response) => response.writeHead(302, { location: "/" }).end(), "target-unavailable"],
    ["a line that breaks", (_, response) => response.destroy(), "target-unavailable"],
  ];
  it.each(cases)("%s", async (_, answer, reasonCode) => {
    const client = await against(answer);
    const fault = await client.count("name==*").catch((error: unknown) => error);
    expect(fault).toMatchObject({ reasonCode });
    const text = String(fault);
    expect(text).not.toContain("secret");
    expect(text).not.toContain(btoa(secret));
    expect(text).not.toContain("\u001b");
  });

  it("tells what is not there from what cannot be asked", async () => {
    expect(await (await against(saying(404, said))).find("/distributionsets/1")).toBeUndefined();
    const away = await against(saying(500, said));
    await expect(away.find("/distributionsets/1")).rejects.toMatchObject({
      reasonCode: "target-unavailable",
    });
  });

  it.each([
    ["nothing", ""],
    ["a line break", "abc\ndef"],
  ])("a token of %s is asked for, by the name of its variable alone", (_, TOKEN) => {
    expect(() => hawkbit("http://127.0.0.1:1", "TOKEN", { TOKEN })).toThrow(/^TOKEN /);
  });
});
