import { replays } from "./analyze/replays.ts";

replays();
