/** What Prometheus reads: requests by their status, and their times. Every line names the version that counted it. */
export type Counters = { count(code: number, seconds: number): void; text(): string };

const edges = [0.005, 0.025, 0.1, 0.5, 2.5];

export function countersOf(version: string): Counters {
  const codes = new Map<number, number>();
  const within = edges.map(() => 0);
  let all = 0;
  let sum = 0;
  const line = (name: string, value: number, label = ""): string =>
    `${name}{version="${version}"${label}} ${value}`;
  return {
    count: (code, seconds) => {
      codes.set(code, (codes.get(code) ?? 0) + 1);
      all += 1;
      sum += seconds;
      edges.forEach((edge, index) => {
        if (seconds <= edge) within[index] = (within[index] ?? 0) + 1;
      });
    },
    text: () => {
      const name = "http_request_duration_seconds";
      const lines = [
        "# TYPE http_requests_total counter",
        ...[...codes].map(([code, count]) => line("http_requests_total", count, `,code="${code}"`)),
        `# TYPE ${name} histogram`,
        ...edges.map((edge, index) => line(`${name}_bucket`, within[index] ?? 0, `,le="${edge}"`)),
        line(`${name}_bucket`, all, ',le="+Inf"'),
        line(`${name}_sum`, sum),
        line(`${name}_count`, all),
      ];
      return `${lines.join("\n")}\n`;
    },
  };
}
