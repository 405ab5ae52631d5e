/** Pages are put together as every HTML of the project is. */
export { type Content, html, type Markup, trusted } from "../../core/render/html.ts";
