import { randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import { beforeEach, describe, expect, it } from "vitest";
import type { Database } from "../../adapters/database/database.ts";
import { rebuildDecisions } from "../../adapters/ledgers/projections.ts";
import { sqlLedger, sqlLedgerWithin } from "../../adapters/ledgers/sql.ts";
import { appendDecision, placesOf } from "../../adapters/ledgers/sql-decision.ts";
import { identified } from "../../core/decision/identify.ts";
import { type DecisionBody, decisionDocument } from "../../core/decision/shape.ts";
import { record } from "../../core/evidence/append.ts";
import type { NewEvent } from "../../core/evidence/event.ts";
import { HeadMoved } from "../../core/evidence/head-moved.ts";
import { changesStream, serviceStream } from "../../core/evidence/stream.ts";
import { event, headOf, production, retry } from "./ledger-bench.ts";

const fixture = new URL("../fixtures/decisions/enforced.json", import.meta.url);
const written = decisionDocument.parse(JSON.parse(readFileSync(fixture, "utf8")));

function bodyOf(more: Partial<DecisionBody> = {}): DecisionBody {
  const { decision_id: _, approvals, recorded, recorded_reason, actor, decided_at, ...body } = written;
  return identified({ ...body, ...more });
}

const decided = (body: Record<string, unknown>, at = "2026-03-01T10:00:00.000Z"): NewEvent => ({
  kind: "decision",
  at,
  actor: "octocat",
  nonce: randomUUID(),
  body,
});

const table = (database: Database) =>
  database.query("select * from decisions order by repository, decision_id");

const beside = (key: string) => ({ sql: "insert into effects (key) values ($1)", parameters: [key] });
const besides = async (database: Database) =>
  (await database.query("select key from effects")).map(({ key }) => key);

/** What the ledger in the App's database promises beyond every ledger, on each of its databases. */
export function sqlLedgerContract(name: string, open: () => Database): void {
  describe(`the ledger in ${name}`, () => {
    beforeEach(async () => {
      await open().query("delete from ledger_events; delete from decisions; delete from effects");
    });

    it("keeps repositories apart", async () => {
      const [shop, other] = [sqlLedger(open(), "acme/shop"), sqlLedger(open(), "acme/other")];
      await shop.append(production, [event({ of: "shop" })], null);
      await other.append(production, [event({ of: "other" })], null);
      expect((await shop.read(production)).events.map(({ body }) => body)).toEqual([{ of: "shop" }]);
      expect(await sqlLedger(open(), "acme/none").streams()).toEqual([]);
    });

    it("appends within a caller's transaction, or not at all", async () => {
      const append = (fails: boolean) =>
        open().transaction(async (within) => {
          await sqlLedgerWithin(within, "acme/shop").append(changesStream, [decided(bodyOf())], null);
          if (fails) throw new Error("afterwards");
        });
      await expect(append(true)).rejects.toThrow("afterwards");
      const ledger = sqlLedger(open(), "acme/shop");
      expect([await ledger.head(changesStream), await table(open())]).toEqual([null, []]);
      await append(false);
      expect((await ledger.read(changesStream)).events).toHaveLength(1);
      expect(await table(open())).toHaveLength(1);
    });

    it("leaves a caller's transaction whole where somebody came first", async () => {
      const ledger = sqlLedger(open(), "acme/shop");
      const first = headOf(await ledger.append(production, [event()], null));
      await open().transaction(async (within) => {
        const mine = sqlLedgerWithin(within, "acme/shop");
        await expect(mine.append(production, [event(), event()], null)).rejects.toThrow(HeadMoved);
        await mine.append(production, [event({ again: true })], first);
      });
      expect((await ledger.read(production)).events.map(({ body }) => body)).toEqual([{}, { again: true }]);
    });

    it("records a decision in all of its streams with what stands beside it, once", async () => {
      const body = bodyOf();
      const about = { repository: "acme/shop", decision_id: body.decision_id };
      const streams = [production, serviceStream("production", "other")];
      const before = await sqlLedger(open(), "acme/shop").append(production, [event()], null);
      const places = await placesOf(open(), about, streams);
      expect(places).toEqual([
        { stream: production, head: headOf(before) },
        { stream: streams[1], head: null },
      ]);
      await appendDecision(open(), "acme/shop", places ?? [], () => decided(body), [beside("first")]);
      for (const stream of streams) {
        const chain = await sqlLedger(open(), "acme/shop").read(stream);
        expect([chain.fault, chain.events.at(-1)?.kind]).toEqual([undefined, "decision"]);
      }
      expect([(await table(open())).length, await besides(open())]).toEqual([1, ["first"]]);
      expect(await placesOf(open(), about, streams)).toBeUndefined();
    });

    it("records nothing of a decision where the head of one stream has moved", async () => {
      const body = bodyOf();
      const about = { repository: "acme/shop", decision_id: body.decision_id };
      const streams = [production, serviceStream("production", "other")];
      const places = await placesOf(open(), about, streams);
      await sqlLedger(open(), "acme/shop").append(production, [event()], null);
      const append = appendDecision(open(), "acme/shop", places ?? [], () => decided(body), [beside("late")]);
      await expect(append).rejects.toThrow(HeadMoved);
      expect(await sqlLedger(open(), "acme/shop").streams()).toEqual([production]);
      expect([await table(open()), await besides(open())]).toEqual([[], []]);
    });

    it("shows a decision that was recorded as a document that can be read again", async () => {
      const body = bodyOf();
      await sqlLedger(open(), "acme/shop").append(changesStream, [decided(body)], null);
      const [row] = await table(open());
      expect(row).toMatchObject({ repository: "acme/shop", decision_id: body.decision_id });
      expect(row?.decided_at).toEqual(new Date("2026-03-01T10:00:00.000Z"));
      const { decision_id, actor, recorded } = decisionDocument.parse(row?.document);
      expect([decision_id, actor, recorded]).toEqual([body.decision_id, "octocat", true]);
    });

    it("takes no decision under a name that is another's, and none that is no decision", async () => {
      const body = bodyOf();
      const forged = { ...bodyOf({ risk_score: 1, notes: ["forged"] }), decision_id: body.decision_id };
      const events = [decided(body), decided({ ...forged }, "2027-01-01T00:00:00.000Z"), decided({ a: 1 })];
      await sqlLedger(open(), "acme/shop").append(changesStream, events, null);
      expect((await table(open())).map(({ document }) => decisionDocument.parse(document).notes)).toEqual([
        body.notes,
      ]);
    });

    it("keeps a decision whose text no column can hold as it is", async () => {
      const body = bodyOf({ notes: ["a\u0000b", "half \ud83d"] });
      await sqlLedger(open(), "acme/shop").append(changesStream, [decided(body)], null);
      const [row] = await table(open());
      expect(decisionDocument.parse(row?.document).notes).toEqual(["a\ufffdb", "half \ufffd"]);
      const chain = await sqlLedger(open(), "acme/shop").read(changesStream);
      expect(chain.events[0]?.body.notes).toEqual(body.notes);
    });

    it("rebuilds the decisions as they were", async () => {
      const shop = sqlLedger(open(), "acme/shop");
      const streams = [changesStream, ...["a", "b", "c"].map((one) => serviceStream("production", one))];
      const days = ["2026-03-03", "2026-03-01", "2026-03-02", "2026-03-03"];
      for (const [index, stream] of streams.entries()) {
        const at = `${days[index]}T10:00:00.000Z`;
        const again = { ...decided(bodyOf(), at), actor: `actor ${index}` };
        await record(shop, stream, [again, event(), decided(bodyOf({ notes: [stream] }), at)], retry);
      }
      const many = Array.from({ length: 600 }, (_, index) =>
        decided(bodyOf({ notes: [`${index}`] }), `2026-02-01T00:00:00.${String(index).padStart(3, "0")}Z`),
      );
      await sqlLedger(open(), "acme/other").append(changesStream, many.slice(0, 300), null);
      await sqlLedger(open(), "acme/third").append(changesStream, many.slice(300), null);
      const before = await table(open());
      expect(before).toHaveLength(605);
      expect(before.find((row) => row.decision_id === bodyOf().decision_id)?.decided_at).toEqual(
        new Date("2026-03-03T10:00:00.000Z"),
      );
      const told: number[][] = [];
      const same = { rows: 605, added: 0, changed: 0, removed: 0, unreadable: 0 };
      expect(await rebuildDecisions(open(), (...far) => told.push(far))).toEqual(same);
      expect(told.slice(-2)).toEqual([
        [500, 608],
        [608, 608],
      ]);
      const { decision_id } = bodyOf();
      await open().query("delete from decisions where repository = 'acme/third'");
      await open().query("update decisions set head = 'forged' where decision_id = $1", [decision_id]);
      await open().query(
        `insert into decisions (repository, decision_id, environment, decided_at, document)
         values ('acme/shop', 'forged', 'production', now(), '{}')`,
      );
      expect(await rebuildDecisions(open())).toEqual({ ...same, added: 300, changed: 1, removed: 1 });
      expect(await table(open())).toEqual(before);
    });
  });
}
