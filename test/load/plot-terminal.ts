import type { BenchResult } from './bench-run.js';

const bars = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'] as const;
const width = 48;
const shares = [0.5, 0.75, 0.9, 0.95, 0.99, 1] as const;

/** Throughput over time and the spread of latencies, drawn with characters. */
export function terminalPlot({ saturated, rates, floor }: BenchResult): string {
  const lines: string[] = [];
  const most = Math.max(1, ...saturated.flatMap((run) => run.perSecond), floor?.sagasPerSecond ?? 0);
  if (saturated.length > 0) lines.push('', `sagas settled in each second (full height ${most})`);
  for (const [index, run] of saturated.entries())
    lines.push(`  run ${index + 1}  ${run.perSecond.map((count) => bar(count / most)).join('')}`);
  if (floor !== undefined)
    lines.push(`  bare   ${floor.perSecond.map((count) => bar(count / most)).join('')}`);
  const longest = Math.max(1, ...rates.map(({ sorted }) => sorted.at(-1) ?? 0));
  for (const { rate, sorted } of rates) {
    lines.push('', `latency at ${rate} sagas/s`);
    for (const share of shares) {
      const value = sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? 0;
      lines.push(
        `  ${labelOf(share).padEnd(4)} ${'█'.repeat(Math.max(1, Math.round((width * value) / longest)))} ${value} ms`,
      );
    }
  }
  return lines.length === 0 ? '' : `${lines.join('\n')}\n`;
}

function bar(share: number): string {
  return bars[Math.min(bars.length - 1, Math.max(0, Math.round(share * bars.length) - 1))]!;
}

function labelOf(share: number): string {
  return share === 1 ? 'max' : `p${share * 100}`;
}
