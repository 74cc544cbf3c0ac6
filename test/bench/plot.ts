/** A chart with logarithmic axes, as SVG that reads on light and dark backgrounds. */

export interface Chart {
  readonly x: string;
  readonly y: string;
  readonly series: ReadonlyMap<string, readonly { readonly x: number; readonly y: number }[]>;
}

const WIDTH = 640;
const HEIGHT = 360;
const MARGIN = { left: 60, right: 90, top: 20, bottom: 45 };
const COLORS = ['#1b8a6b', '#c4632a', '#5b6fd6', '#8a8a8a'];

export function plot({ x, y, series }: Chart): string {
  const points = [...series.values()].flat();
  const across = axis(
    points.map((point) => point.x),
    MARGIN.left,
    WIDTH - MARGIN.right,
  );
  const up = axis(
    points.map((point) => point.y),
    HEIGHT - MARGIN.bottom,
    MARGIN.top,
  );
  const parts = [
    ...across.ticks.map(
      ({ value, at }) =>
        line(at, MARGIN.top, at, HEIGHT - MARGIN.bottom, '#8884') +
        text(at, HEIGHT - MARGIN.bottom + 16, String(value), 'middle'),
    ),
    ...up.ticks.map(
      ({ value, at }) =>
        line(MARGIN.left, at, WIDTH - MARGIN.right, at, '#8884') +
        text(MARGIN.left - 6, at + 4, String(value), 'end'),
    ),
    text((MARGIN.left + WIDTH - MARGIN.right) / 2, HEIGHT - 8, x, 'middle'),
    text(MARGIN.left, MARGIN.top - 6, y, 'start'),
    ...Array.from(series, ([name, own], index) => {
      const color = COLORS[index % COLORS.length]!;
      const at = own.map((point) => [across.place(point.x), up.place(point.y)] as const);
      return (
        `<polyline fill="none" stroke="${color}" stroke-width="2" points="${at.map((place) => place.map(round).join(',')).join(' ')}"/>` +
        at.map(([cx, cy]) => `<circle cx="${round(cx)}" cy="${round(cy)}" r="3" fill="${color}"/>`).join('') +
        `<text x="${WIDTH - MARGIN.right + 12}" y="${MARGIN.top + 12 + 18 * index}" fill="${color}">${name}</text>`
      );
    }),
  ];
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" font-family="sans-serif" font-size="12" fill="#888">\n${parts.join('\n')}\n</svg>\n`;
}

/** Maps values to places, by powers of ten. */
function axis(
  values: readonly number[],
  from: number,
  to: number,
): { place: (value: number) => number; ticks: { value: number; at: number }[] } {
  const low = Math.floor(Math.log10(Math.min(...values)));
  const high = Math.ceil(Math.log10(Math.max(...values)));
  const place = (value: number): number =>
    from + ((Math.log10(value) - low) / Math.max(high - low, 1)) * (to - from);
  const ticks = Array.from({ length: high - low + 1 }, (_, index) => 10 ** (low + index));
  return { place, ticks: ticks.map((value) => ({ value, at: place(value) })) };
}

const line = (x1: number, y1: number, x2: number, y2: number, color: string): string =>
  `<line x1="${round(x1)}" y1="${round(y1)}" x2="${round(x2)}" y2="${round(y2)}" stroke="${color}"/>`;
const text = (x: number, y: number, content: string, anchor: string): string =>
  `<text x="${round(x)}" y="${round(y)}" text-anchor="${anchor}">${content}</text>`;
const round = (value: number): string => value.toFixed(1);
