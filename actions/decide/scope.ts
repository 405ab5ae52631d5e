import { actionMarker } from "../../adapters/github/comment.ts";
import { actionCheck } from "../../adapters/github/places.ts";
import { defaultEnvironment } from "../../core/policy/environment.ts";
import { printable } from "../io.ts";

/**
 * Names of this step's comment and check. Two steps of one workflow may decide for two environments or services; each
 * keeps its own, and neither overwrites the other's.
 */
export function scopeOf(environment: string | undefined, service: string | undefined) {
  const parts = [
    ...(environment === undefined || environment === defaultEnvironment ? [] : [environment]),
    ...(service === undefined ? [] : [service]),
  ];
  if (parts.length === 0) return { marker: actionMarker, check: actionCheck };
  // Encoded, so that no name can close the hidden comment that the marker is.
  const hidden = parts.map((part) => encodeURIComponent(part).replaceAll("-", "%2D")).join(" ");
  return {
    marker: actionMarker.replace(" -->", ` ${hidden} -->`),
    check: `${actionCheck}: ${parts.map(printable).join(", ")}`,
  };
}
