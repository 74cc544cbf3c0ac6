/** The gutter's icon: a badge with the abbreviated number of hits, as an SVG picture. */

export type Look = 'live' | 'waiting' | 'failed' | 'ended';
export type Ground = 'light' | 'dark';

/** Badge and letters; each pair has a contrast of 4.5 or more, and so has each badge's edge on its ground. */
const COLOURS = {
  light: {
    live: { badge: '#0b6b53', text: '#ffffff' },
    waiting: { badge: '#e4e4e4', text: '#3c3c3c' },
    failed: { badge: '#8a4b08', text: '#ffffff' },
    ended: { badge: '#dcdcdc', text: '#555555' },
  },
  dark: {
    live: { badge: '#3fd0a4', text: '#06261d' },
    waiting: { badge: '#4a4a4a', text: '#e4e4e4' },
    failed: { badge: '#e8a04c', text: '#2b1700' },
    ended: { badge: '#3c3c3c', text: '#b8b8b8' },
  },
} as const satisfies Record<Ground, Record<Look, { badge: string; text: string }>>;

const SIZE = 32;
/** Letters of an average digit's width .6 em fill the badge at these heights. */
const FONT_SIZES = [24, 24, 23, 17, 13.5];

export function gutterIcon(label: string, look: Look, ground: Ground): string {
  const { badge, text } = COLOURS[ground][look];
  const size = FONT_SIZES[Math.min(label.length, FONT_SIZES.length - 1)]!;
  const fit = label.length > 2 ? ` textLength="${SIZE - 4}" lengthAdjust="spacingAndGlyphs"` : '';
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${SIZE} ${SIZE}">` +
    `<rect y="4" width="${SIZE}" height="${SIZE - 8}" rx="5" fill="${badge}"/>` +
    `<text x="16" y="${16 + size * 0.36}" fill="${text}" font-family="sans-serif" font-weight="600" ` +
    `font-size="${size}" text-anchor="middle"${fit}>${label}</text></svg>`
  );
}

export function dataUri(svg: string): string {
  return `data:image/svg+xml;utf8,${encodeURIComponent(svg)}`;
}
