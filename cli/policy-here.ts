import { policyOfCheckout } from "../adapters/policy/checkout.ts";
import type { ResolvedPolicy } from "../adapters/policy/resolve.ts";
import type { Arguments } from "./arguments.ts";

/** The bundle that is asked for, by name or as a folder of this machine; else what the checkout says. */
export function policyHere(argument: Arguments): Promise<ResolvedPolicy> {
  return policyOfCheckout(argument.value("repo"), argument.given("policy"));
}
