const cells = 7;

/** `█▌·····` for points that raise, `▽▽·····` for points that lower, to the scale of the largest. */
export function bar(points: number, largest: number, width = cells): string {
  const halves = largest > 0 ? Math.round((Math.abs(points) / largest) * width * 2) : 0;
  const shown = Math.min(width * 2, points === 0 ? 0 : Math.max(1, halves));
  const full =
    points < 0
      ? "▽".repeat(Math.max(1, Math.round(shown / 2)))
      : "█".repeat(Math.floor(shown / 2)) + (shown % 2 ? "▌" : "");
  const drawn = points === 0 ? "" : full;
  return drawn + "·".repeat(width - [...drawn].length);
}
