import { petshop } from "./analyze/petshop.ts";
import { replays } from "./analyze/replays.ts";
import { speed } from "./analyze/speed.ts";
import { ownWorlds } from "./analyze/worlds.ts";

/** Every figure of the analyzer beside its peers', from the same run; `--quick` leaves out the worlds of our own. */
replays();
petshop();
speed();
if (!process.argv.includes("--quick")) ownWorlds();
