import { registerHooks } from "node:module";
import { mutants } from "./mutants.ts";

/** `node test/simulator/mutate.ts <name of a bug> --seeds <n>`: the simulator over a core with that bug in it. */
const [, , name, ...rest] = process.argv;
const mutant = mutants.find((one) => one.name === name);
if (mutant === undefined) throw new Error(`There is no bug called ${name}.`);

registerHooks({
  load: (url, context, nextLoad) => {
    const loaded = nextLoad(url, context);
    if (!url.endsWith(`/${mutant.file}`)) return loaded;
    return { ...loaded, source: planted(String(loaded.source)) };
  },
});
// The bug is planted in this thread only.
process.argv = [...process.argv.slice(0, 2), ...rest, "--cores", "1"];
await import("./main.ts");

function planted(source: string): string {
  const parts = source.split(mutant?.from ?? "");
  if (parts.length < 2) throw new Error(`${mutant?.file} does not hold the line any more.`);
  return parts.join(mutant?.to ?? "");
}
