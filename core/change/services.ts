import picomatch from "picomatch";
import { UserError } from "../errors.ts";
import type { Services } from "../policy/schema.ts";
import type { ChangedFile } from "./facts.ts";

export type DeclaredService = Services["services"][number];
export type TouchedService = { service: DeclaredService; files: ChangedFile[] };

/**
 * The services that a change touches. A file that belongs to no service (a shared library, a root file) counts for
 * every touched one, so that a large change cannot hide beside a small one.
 */
export function touchedServices(declared: Services, files: ChangedFile[]): TouchedService[] {
  const matchers = declared.services.map((service) => ({
    service,
    matches: picomatch(service.paths, { dot: true, ...(service.except ? { ignore: service.except } : {}) }),
  }));
  const owned = new Set<ChangedFile>();
  const touched: TouchedService[] = [];
  for (const { service, matches } of matchers) {
    const own = files.filter(
      (file) => matches(file.path) || (file.previous_path != null && matches(file.previous_path)),
    );
    if (!own.length) continue;
    for (const file of own) owned.add(file);
    touched.push({ service, files: own });
  }
  const shared = files.filter((file) => !owned.has(file));
  return touched.map(({ service, files: own }) => ({ service, files: [...own, ...shared] }));
}

export function declaredService(declared: Services, name: string): DeclaredService {
  const found = declared.services.find((service) => service.name === name);
  if (found) return found;
  const names = declared.services.map((service) => service.name).join(", ");
  throw new UserError(
    "unknown-service",
    `services.yaml names no service "${name}". It names: ${names || "none"}. Write one of these, or add it there.`,
  );
}
