import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  addDecision,
  addEvents,
  approval,
  decisionFixture,
  type Site,
  startSite,
} from "../app/pages-site.ts";
import { type Chromium, startChromium } from "./pages-chromium.ts";

/** The page in a real browser: signed in through the emulated GitHub, drawn, by keyboard, in both schemes. */

let site: Site;
let browser: Chromium;
const decision = decisionFixture("needs-approval");
const hostile = decisionFixture("hostile");

beforeAll(async () => {
  [site, browser] = await Promise.all([startSite(), startChromium()]);
  await addDecision(site, "acme/shop", decision);
  await addDecision(site, "acme/shop", hostile);
  await addEvents(site, "acme/shop", [approval(1, "dana", "</td><script>window.hit=1</script>")]);
});
afterAll(async () => {
  await browser.close();
  await site.close();
});

const pages = [
  "/",
  `/acme/shop/decisions/${decision.decision_id}`,
  `/acme/shop/decisions/${hostile.decision_id}`,
  "/acme/shop/approvals",
  "/acme/shop/ledger",
  "/deliveries",
  "/acme/nothing/ledger",
];

test("a person signs in by keyboard, through GitHub, and lands where they wanted", async () => {
  await browser.look({ width: 1200, dark: false });
  await browser.open(`${site.url}${pages[1]}`);
  expect(await browser.evaluate("document.title")).toBe("Sign in · adaptive-deploy");
  for (let step = 0; step < 10; step += 1) {
    await browser.key("Tab", 9);
    if ((await browser.evaluate("document.activeElement.textContent")) === "Sign in with GitHub") break;
  }
  await browser.afterLoad(() => browser.key("Enter", 13));
  expect(await browser.evaluate("location.pathname")).toBe("/login/oauth/authorize");
  await browser.afterLoad(() =>
    browser.evaluate("[...document.links].find((link) => link.textContent === 'maria').click()"),
  );
  expect(await browser.evaluate("location.href")).toBe(`${site.url}${pages[1]}`);
  expect(await browser.evaluate("document.cookie"), "no script could read the session").toBe("");
});

describe.each([
  { width: 1200, dark: false },
  { width: 1200, dark: true },
  { width: 390, dark: false },
  { width: 320, dark: true },
])("$width px wide, dark: $dark", (about) => {
  test.each(pages)("%s", async (path) => {
    await browser.look(about);
    await browser.open(site.url + path);
    const faults = browser.events.filter(
      ({ method, params }) =>
        method === "Runtime.exceptionThrown" ||
        method === "Audits.issueAdded" ||
        (method === "Log.entryAdded" && !JSON.stringify(params).includes("404 (Not Found)")),
    );
    expect(faults, "no breach of the content security policy, no other fault").toEqual([]);
    expect(await browser.evaluate("window.hit")).toBeUndefined();
    const sideways = "document.documentElement.scrollWidth - innerWidth";
    expect(await browser.evaluate(sideways), "nothing sticks out").toBeLessThanOrEqual(0);
    expect(await browser.evaluate("document.querySelectorAll('main').length")).toBe(1);
    expect(await browser.evaluate("document.querySelectorAll('h1').length")).toBe(1);
    expect(await browser.evaluate(lowestContrast), "of any text").toBeGreaterThanOrEqual(4.5);
  });
});

test("the contributors are drawn in colour: their own style is let through", async () => {
  const fill = "getComputedStyle(document.querySelector('.plot .ad-raises')).fill";
  await browser.look({ width: 1200, dark: false });
  await browser.open(site.url + pages[1]);
  const light = await browser.evaluate(fill);
  await browser.look({ width: 1200, dark: true });
  expect(light).toBe("rgb(207, 91, 22)");
  expect(await browser.evaluate(fill)).toBe("rgb(240, 136, 62)");
});

test("on a phone a bar stands in each row instead, and a table is still a table to a screen reader", async () => {
  await browser.look({ width: 390, dark: false });
  await browser.open(site.url + pages[1]);
  expect(await browser.evaluate("getComputedStyle(document.querySelector('.plot')).display")).toBe("none");
  const width = "document.querySelector('.bar .raises').getBoundingClientRect().width";
  expect(await browser.evaluate(width)).toBeGreaterThan(20);
  const { nodes } = await browser.send("Accessibility.getFullAXTree");
  const tree = JSON.stringify(nodes);
  for (const role of ["table", "row", "columnheader", "rowheader", "main", "navigation", "banner"])
    expect(tree).toContain(`"value":"${role}"`);
});

test("by keyboard: first the skip link, then the way to the table, each step to be seen", async () => {
  await browser.look({ width: 1200, dark: false });
  await browser.open(site.url);
  const focused = "document.activeElement.textContent.trim()";
  await browser.key("Tab", 9);
  expect(await browser.evaluate(focused)).toBe("Skip to the content");
  expect(await browser.evaluate("document.activeElement.getBoundingClientRect().left")).toBe(0);
  await browser.key("Enter", 13);
  expect(await browser.evaluate("document.activeElement.id")).toBe("content");
  const passed: unknown[] = [];
  for (let step = 0; step < 6; step += 1) {
    await browser.key("Tab", 9);
    passed.push(await browser.evaluate("document.activeElement.tagName"));
    expect(await browser.evaluate("getComputedStyle(document.activeElement).outlineWidth")).toBe("3px");
    if (await browser.evaluate("document.activeElement.closest('table') !== null")) break;
  }
  expect(passed).toEqual(["SELECT", "SELECT", "BUTTON", "A"]);
});

/** The smallest ratio of WCAG 2 between a text's colour and the first opaque ground behind it. */
const lowestContrast = `(() => {
  const parts = (colour) => (colour.match(/[\\d.]+/g) ?? []).map(Number);
  const light = (colour) => {
    const [red, green, blue] = parts(colour).map((part) => {
      const share = part / 255;
      return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  };
  const ground = (element) => {
    for (let one = element; one; one = one.parentElement) {
      const colour = getComputedStyle(one).backgroundColor;
      if (parts(colour)[3] !== 0) return colour;
    }
    return "rgb(255, 255, 255)";
  };
  const texts = [...document.querySelectorAll("body *:not(svg, svg *)")].filter((element) =>
    [...element.childNodes].some((node) => node.nodeType === 3 && node.textContent.trim() !== ""));
  return Math.min(21, ...texts.map((element) => {
    const [one, other] = [light(getComputedStyle(element).color), light(ground(element))];
    return (Math.max(one, other) + 0.05) / (Math.min(one, other) + 0.05);
  }));
})()`;
