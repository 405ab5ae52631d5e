import { counted } from "../../core/render/numbers.ts";
import { html, type Markup } from "./html.ts";

/** "21 Nov 2026, 14:23" with how long ago that was; the machine-readable instant beside it. */
export function moment(text: string, now: Date): Markup {
  const at = new Date(text);
  if (Number.isNaN(at.getTime())) return html`${text}`;
  return html`<time datetime="${at.toISOString()}">${written(at)}</time> <span class="small">${since(at, now)}</span>`;
}

const months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

export function written(at: Date): string {
  const clock = at.toISOString().slice(11, 16);
  return `${at.getUTCDate()} ${months[at.getUTCMonth()]} ${at.getUTCFullYear()}, ${clock}`;
}

function since(at: Date, now: Date): string {
  const minutes = Math.floor((now.getTime() - at.getTime()) / 60_000);
  if (minutes < 0) return "ahead of this machine's clock";
  if (minutes < 1) return "just now";
  if (minutes < 60) return `${counted(minutes, "minute")} ago`;
  if (minutes < 48 * 60) return `${counted(Math.floor(minutes / 60), "hour")} ago`;
  return `${counted(Math.floor(minutes / (24 * 60)), "day")} ago`;
}
