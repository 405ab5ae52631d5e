import { openDatabase } from "../../adapters/database/index.ts";

/**
 * A process that opens a database, takes locks and says so: `node database-process.ts <about> <lock>…`. With the word
 * "write" for a lock it writes until it is killed, and says what was acknowledged.
 */
const [about = "{}", ...names] = process.argv.slice(2);
const say = (what: unknown) => process.stdout.write(`${JSON.stringify(what)}\n`);
try {
  const database = await openDatabase(JSON.parse(about));
  for (const name of names) {
    const release = await database.tryLock(name, () => say({ lost: name }));
    say({ [name]: release !== undefined });
  }
  for (let count = 1; names[0] === "write"; count += 1) {
    await database.query("insert into effects (key) values ($1)", [String(count)]);
    say({ acknowledged: count });
  }
  say({ open: true });
  setInterval(() => undefined, 1000);
} catch (error) {
  say({ error: error instanceof Error ? error.message : String(error) });
}
