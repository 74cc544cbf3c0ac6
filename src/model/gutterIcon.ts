/**
 * The gutter's icon: a badge with the abbreviated number of hits, as an SVG picture. One family: a look differs from the others by
 * its shape, not by its colour alone.
 */
import type { Look } from './look';
import type { MarkColour } from './mark';

export type Ground = 'light' | 'dark';

interface Colours {
  readonly badge: string;
  readonly text: string;
}

/** Letters have a contrast of 4.5 or more on what is behind them, badges of 3 or more on their ground. */
const COLOURS = {
  light: {
    hitting: { badge: '#0b6b53', text: '#ffffff' },
    armed: { badge: '#0b6b53', text: '#0b6b53' },
    throttled: { badge: '#6a3d9a', text: '#ffffff' },
    pending: { badge: '#5f5f5f', text: '#3c3c3c' },
    disabled: { badge: '#767676', text: '#5f5f5f' },
    failed: { badge: '#8a4b08', text: '#ffffff' },
    spent: { badge: '#5f5f5f', text: '#3c3c3c' },
    ended: { badge: '#767676', text: '#555555' },
  },
  dark: {
    hitting: { badge: '#3fd0a4', text: '#06261d' },
    armed: { badge: '#3fd0a4', text: '#6fe0bd' },
    throttled: { badge: '#c8a2ee', text: '#26083f' },
    pending: { badge: '#9a9a9a', text: '#e4e4e4' },
    disabled: { badge: '#8a8a8a', text: '#b8b8b8' },
    failed: { badge: '#e8a04c', text: '#2b1700' },
    spent: { badge: '#9a9a9a', text: '#d0d0d0' },
    ended: { badge: '#8a8a8a', text: '#b8b8b8' },
  },
} as const satisfies Record<Ground, Record<Look, Colours>>;

/** As package.json has them for line ends: a picture cannot name a theme's colour. */
const MARKS = {
  light: { blue: '#003c9e', orange: '#8f2b00', green: '#0f7d63', purple: '#a336bd', yellow: '#7d7000' },
  dark: { blue: '#2f95f0', orange: '#e8680c', green: '#6be5ae', purple: '#cf74b4', yellow: '#fdf06a' },
} as const satisfies Record<Ground, Record<MarkColour, string>>;

const SIZE = 32;

/** What is drawn behind the letters. */
const SHAPES = {
  /** A filled badge. */
  hitting: ({ badge }) => `<rect y="4" width="32" height="24" rx="5" fill="${badge}"/>`,
  /** Its outline. */
  armed: ({ badge }) =>
    `<rect x="1" y="5" width="30" height="22" rx="5" fill="none" stroke="${badge}" stroke-width="2"/>`,
  /** A filled badge with its lower edge torn off. */
  throttled: ({ badge }) =>
    `<path d="M5 4h22a5 5 0 0 1 5 5v19l-4-3-4 3-4-3-4 3-4-3-4 3-4-3-4 3V9a5 5 0 0 1 5-5z" fill="${badge}"/>`,
  /** A dashed outline. */
  pending: ({ badge }) =>
    `<rect x="1" y="5" width="30" height="22" rx="11" fill="none" stroke="${badge}" stroke-width="2" stroke-dasharray="4 3"/>`,
  /** An outline that is crossed out. */
  disabled: ({ badge }) =>
    `<rect x="1" y="5" width="30" height="22" rx="5" fill="none" stroke="${badge}" stroke-width="2"/>` +
    `<path d="M3 28L29 4" stroke="${badge}" stroke-width="2"/>`,
  /** A triangle. */
  failed: ({ badge }) => `<path d="M16 2L31 29H1z" stroke-linejoin="round" fill="${badge}"/>`,
  /** Lines above and below. */
  spent: ({ badge }) => `<path d="M1 5h30M1 27h30" stroke="${badge}" stroke-width="2"/>`,
  /** A line below. */
  ended: ({ badge }) => `<path d="M1 27h30" stroke="${badge}" stroke-width="2"/>`,
} as const satisfies Record<Look, (colours: Colours) => string>;

/** Letters of an average digit's width .6 em fill the badge at these heights. */
const FONT_SIZES = [24, 24, 23, 17, 13.5];

/**
 * @param label up to four characters, none of them special in XML
 * @param mark a bar above the badge
 */
export function gutterIcon(label: string, look: Look, ground: Ground, mark?: MarkColour): string {
  const colours = COLOURS[ground][look];
  const size = FONT_SIZES[Math.min(label.length, FONT_SIZES.length - 1)]!;
  const fit = label.length > 2 ? ` textLength="${SIZE - 4}" lengthAdjust="spacingAndGlyphs"` : '';
  const bar = mark === undefined ? '' : `<rect width="32" height="3" rx="1" fill="${MARKS[ground][mark]}"/>`;
  const drop = look === 'failed' ? 4 : look === 'throttled' ? -2 : 0;
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${SIZE} ${SIZE}">` +
    SHAPES[look](colours) +
    bar +
    `<text x="16" y="${16 + drop + size * 0.36}" fill="${colours.text}" font-family="sans-serif" font-weight="600" ` +
    `font-size="${size}" text-anchor="middle"${fit}>${label}</text></svg>`
  );
}

export function dataUri(svg: string): string {
  return `data:image/svg+xml;utf8,${encodeURIComponent(svg)}`;
}
