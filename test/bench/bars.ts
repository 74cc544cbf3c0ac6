/** A chart of bars on a logarithmic axis, as SVG that reads on light and dark backgrounds. */

export function bars(
  title: string,
  values: readonly { readonly name: string; readonly value: number }[],
): string {
  const low = Math.floor(Math.log10(Math.min(...values.map(({ value }) => value))));
  const high = Math.log10(Math.max(...values.map(({ value }) => value)));
  const rows = values.map(({ name, value }, index) => {
    const y = TOP + ROW * index;
    const width = ((Math.log10(value) - low) / (high - low)) * WIDEST;
    const color = name.startsWith('sourcetap') ? '#1b8a6b' : '#5b6fd6';
    return (
      `<text x="${NAMES - 8}" y="${y + 13}" text-anchor="end">${name}</text>` +
      `<rect x="${NAMES}" y="${y}" width="${width.toFixed(1)}" height="${ROW - 5}" fill="${color}"/>` +
      `<text x="${(NAMES + width + 6).toFixed(1)}" y="${y + 13}">${value.toFixed(0)}</text>`
    );
  });
  const height = TOP + ROW * values.length + 10;
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 700 ${height}" font-family="sans-serif" font-size="12" fill="#888">\n<text x="10" y="16">${title}</text>\n${rows.join('\n')}\n</svg>\n`;
}

const NAMES = 230;
const WIDEST = 390;
const TOP = 28;
const ROW = 22;
