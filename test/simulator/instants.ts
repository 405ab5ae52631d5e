const dayMs = 86_400_000;
const two = Array.from({ length: 60 }, (_, number) => String(number).padStart(2, "0"));
const three = Array.from({ length: 1000 }, (_, number) => String(number).padStart(3, "0"));

/**
 * In a simulated world nearly everything happens on one day, and a quarter of all the time went into its instants as
 * text. Within a day they are read and written here; for every other day, and any other text, the runtime is asked.
 */
export function hurryInstants(): void {
  const { parse } = Date;
  const { toISOString } = Date.prototype;
  let [begin, day] = [Number.NaN, "-"];

  const write = function (this: Date): string {
    const instant = this.getTime();
    const rest = instant - begin;
    if (!(rest >= 0 && rest < dayMs)) {
      const whole = toISOString.call(this);
      begin = Math.floor(instant / dayMs) * dayMs;
      day = whole.slice(0, 11);
      return whole;
    }
    const [seconds, minutes] = [Math.floor(rest / 1000), Math.floor(rest / 60_000)];
    return `${day}${two[Math.floor(minutes / 60)]}:${two[minutes % 60]}:${two[seconds % 60]}.${three[rest % 1000]}Z`;
  };
  const read = (text: string): number => {
    if (text.length !== 24 || !text.startsWith(day)) return parse(text);
    const at = (index: number): number => text.charCodeAt(index) - 48;
    const minutes = at(11) * 600 + at(12) * 60 + at(14) * 10 + at(15);
    const ms = at(17) * 10_000 + at(18) * 1000 + at(20) * 100 + at(21) * 10 + at(22);
    return begin + minutes * 60_000 + ms;
  };
  Date.prototype.toISOString = write;
  Date.parse = read;
}
