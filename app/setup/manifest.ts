import { publicApi } from "../../adapters/github/places.ts";
import { eventsOf, permissionsOf, type Tier } from "./permissions.ts";

export type ManifestOptions = { publicUrl: string; tier: Tier; teams: boolean };

/** What GitHub makes the App from; the addresses are all of this server. */
export function manifest({ publicUrl, tier, teams }: ManifestOptions) {
  const at = (path: string): string => new URL(path, publicUrl).href;
  return {
    name: "adaptive-deploy",
    url: publicUrl,
    description: "A risk score with reasons on every pull request, and gates that hold.",
    hook_attributes: { url: at("/webhooks"), active: true },
    redirect_url: at("/setup/callback"),
    callback_urls: [at("/sign-in/callback")],
    public: false,
    default_permissions: permissionsOf(tier, { teams }),
    default_events: eventsOf(tier),
  };
}

/** Where people use GitHub, whose API is at `baseUrl`. */
export function webOf(baseUrl = publicApi): string {
  const { origin, host } = new URL(baseUrl);
  // A tenant of ghe.com has its API at api.<tenant>.ghe.com; an Enterprise Server at its own address.
  return host === "api.github.com" || /^api\..+\.ghe\.com$/.test(host)
    ? origin.replace("//api.", "//")
    : origin;
}

/** The form that takes the manifest; an organisation's name is letters, digits and hyphens. */
export function newAppAddress(baseUrl: string | undefined, organisation: string | undefined): string {
  const place = organisation ? `organizations/${organisation}/settings` : "settings";
  return `${webOf(baseUrl)}/${place}/apps/new`;
}

export const organisationPattern = /^[A-Za-z0-9](?:[A-Za-z0-9-]{0,38})$/;
