import type { BenchResult } from './bench-run.js';

interface Point {
  readonly x: number;
  readonly y: number;
}

interface Curve {
  readonly name: string;
  readonly points: readonly Point[];
}

interface Chart {
  readonly title: string;
  readonly curves: readonly Curve[];
  readonly xLabels: readonly { readonly at: number; readonly text: string }[];
  readonly xEnd: number;
  readonly yEnd: number;
}

const size = { width: 760, height: 300, left: 60, right: 150, top: 40, bottom: 40 };
const colours = ['#1f77b4', '#ff7f0e', '#2ca02c', '#d62728', '#9467bd'] as const;
/** Percentiles are drawn by how many nines they have, so that the tail is seen. */
const tail = [0.5, 0.9, 0.99, 0.999] as const;

/** Throughput over time, and latency by percentile at each rate, as one picture. */
export function svgPlot(result: BenchResult): string {
  const charts = [throughput(result), latency(result)].filter(({ curves }) => curves.length > 0);
  const drawn = charts.map(
    (chart, index) => `<g transform="translate(0 ${index * size.height})">${draw(chart)}</g>`,
  );
  const height = size.height * charts.length;
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${size.width}" height="${height}" font-family="sans-serif" font-size="12">
<rect width="100%" height="100%" fill="white"/>
${drawn.join('\n')}
</svg>
`;
}

function throughput({ saturated, floor }: BenchResult): Chart {
  const curve = (name: string, counts: readonly number[]): Curve => ({
    name,
    points: counts.map((y, x) => ({ x: x + 0.5, y })),
  });
  const curves = saturated.map((run, index) => curve(`run ${index + 1}`, run.perSecond));
  if (floor !== undefined) curves.push(curve('bare Kafka', floor.perSecond));
  const xEnd = Math.max(1, ...curves.map(({ points }) => points.length));
  const step = Math.max(1, Math.ceil(xEnd / 8));
  const xLabels = Array.from({ length: Math.floor(xEnd / step) + 1 }, (_, index) => ({
    at: index * step,
    text: `${index * step} s`,
  }));
  return { title: 'Sagas settled in each second', curves, xLabels, xEnd, yEnd: highest(curves) };
}

function latency({ rates }: BenchResult): Chart {
  const curves = rates.map(({ rate, sorted }) => ({
    name: `${rate} sagas/s`,
    points: percentilePoints(sorted),
  }));
  const xLabels = tail.map((share) => ({ at: nines(share), text: `p${share * 100}` }));
  return { title: 'Latency in ms by percentile', curves, xLabels, xEnd: nines(0.999), yEnd: highest(curves) };
}

function percentilePoints(sorted: readonly number[]): readonly Point[] {
  return sorted
    .map((y, index) => ({ x: nines(index / sorted.length), y }))
    .filter(({ x }) => x <= nines(0.999));
}

function nines(share: number): number {
  return -Math.log10(1 - share);
}

function highest(curves: readonly Curve[]): number {
  return curves.flatMap(({ points }) => points).reduce((most, { y }) => Math.max(most, y), 1) * 1.05;
}

function draw({ title, curves, xLabels, xEnd, yEnd }: Chart): string {
  const plot = { width: size.width - size.left - size.right, height: size.height - size.top - size.bottom };
  const x = (value: number): string => (size.left + (value / xEnd) * plot.width).toFixed(1);
  const y = (value: number): string => (size.top + plot.height - (value / yEnd) * plot.height).toFixed(1);
  const lines = curves.map(({ name, points }, index) => {
    const colour = colours[index % colours.length]!;
    const path = points.map((point) => `${x(point.x)},${y(point.y)}`).join(' ');
    const legend = `<text x="${size.width - size.right + 14}" y="${size.top + 16 * index + 10}" fill="${colour}">${name}</text>`;
    return `<polyline fill="none" stroke="${colour}" stroke-width="1.5" points="${path}"/>${legend}`;
  });
  const across = [0, 0.25, 0.5, 0.75, 1].map((share) => {
    const value = share * yEnd;
    const rule = `<line x1="${size.left}" x2="${size.left + plot.width}" y1="${y(value)}" y2="${y(value)}" stroke="#ddd"/>`;
    return `${rule}<text x="${size.left - 6}" y="${y(value)}" text-anchor="end">${Math.round(value)}</text>`;
  });
  const below = xLabels.map(
    ({ at, text }) =>
      `<text x="${x(at)}" y="${size.height - size.bottom + 18}" text-anchor="middle">${text}</text>`,
  );
  return [
    `<text x="${size.left}" y="24" font-weight="bold">${title}</text>`,
    ...across,
    ...below,
    ...lines,
  ].join('\n');
}
