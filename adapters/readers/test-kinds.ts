/** What a test is, told from the names of its class, file and suites. */
export type TestKinds = { integration: boolean; hardware: boolean; driver: boolean };

const longestText = 500;
/** A capital and small letters, capitals, or digits: OrderServiceIT is Order, Service, IT. */
const word = /[A-Z]?[a-z]+|[A-Z]+(?![a-z])|\d+/g;

const phrases: { [kind in keyof TestKinds]: string[] } = {
  integration: ["integration", "e 2 e", "end to end"],
  hardware: ["hil", "hardware"],
  driver: ["hlk", "whql", "driver test", "driver tests"],
};

export function testKinds(className: string, others: readonly string[]): TestKinds {
  const texts = [className, ...others].map((text) => ` ${wordsOf(text).join(" ").toLowerCase()} `);
  const says = (kind: keyof TestKinds) =>
    texts.some((text) => phrases[kind].some((phrase) => text.includes(` ${phrase} `)));
  return {
    integration: says("integration") || isMavenIntegrationTest(className),
    hardware: says("hardware"),
    // A browser's WebDriver is no device driver.
    driver: says("driver") && !texts.some((text) => text.includes(" web driver ")),
  };
}

function wordsOf(text: string): string[] {
  return text.slice(-longestText).match(word) ?? [];
}

/** Maven's Failsafe runs classes called IT…, …IT and …ITCase. */
function isMavenIntegrationTest(className: string): boolean {
  const simple = className.slice(className.lastIndexOf(".") + 1).split("$", 1)[0] ?? "";
  if (!/^\w{3,200}$/.test(simple)) return false;
  const words = wordsOf(simple);
  return (
    words.length > 1 && (words[0] === "IT" || words.at(-1) === "IT" || words.slice(-2).join("") === "ITCase")
  );
}
