import { versionAt } from "./machine.ts";

/** node deploy/smoke.ts <url> <version>: the version is there, and what everybody buys has its price. */
const [url = "", version = ""] = process.argv.slice(2);
const runs = await versionAt(url);
if (runs !== version) throw new Error(`${url} runs ${runs ?? "nothing"}, not ${version}.`);
for (const [path, price] of [
  ["/price/tea/1", "450"],
  ["/price/cup/2", "2400"],
  ["/price/kettle/1", "3900"],
]) {
  const answer = await fetch(`${url}${path}`);
  const said = (await answer.text()).trim();
  if (!answer.ok || said !== price)
    throw new Error(`${path} answered ${answer.status} ${said}, not ${price}.`);
}
console.log(`${version} passes at ${url}.`);
