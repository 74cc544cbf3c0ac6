/**
 * The gutter's icon: a badge with the abbreviated number of hits. One family: a look differs from the others by its shape, not by its
 * colour alone.
 *
 * The gutter takes a picture, and a picture cannot name a theme's colour. So it is the mask of one, in declarations that VS Code hands
 * through behind the size, as it does those of line ends. Where it did not, there would be the picture itself, in a grey for all grounds.
 */
import { LOOK_COLOURS, type Look } from './look';
import { markColourId, type MarkColour } from './mark';

export interface Badge {
  /** Up to four characters, none of them special in XML. */
  readonly label: string;
  readonly look: Look;
  /** Of a bar above it. */
  readonly colour: MarkColour | undefined;
}

const SIZE = 32;
/** Of the bar; all shapes are below it. */
const BAR = 3;

/** Letters are cut out of the filled ones: a theme's colours for letters have contrast enough to what is behind the code. */
const FILLED = {
  /** A badge. */
  hitting: '<rect y="4" width="32" height="24" rx="5" fill="gray"/>',
  /** A badge with its lower edge torn off. */
  throttled:
    '<path d="M5 4h22a5 5 0 0 1 5 5v19l-4-3-4 3-4-3-4 3-4-3-4 3-4-3-4 3V9a5 5 0 0 1 5-5z" fill="gray"/>',
  /** A triangle. */
  failed: '<path d="M16 3.5L31 29H1z" fill="gray"/>',
};

const OUTLINED = {
  /** A badge. */
  armed: '<rect x="1" y="5" width="30" height="22" rx="5" fill="none" stroke="gray" stroke-width="2"/>',
  /** A dashed one. */
  pending:
    '<rect x="1" y="5" width="30" height="22" rx="11" fill="none" stroke="gray" stroke-width="2" stroke-dasharray="4 3"/>',
  /** One that is crossed out. */
  disabled:
    '<rect x="1" y="5" width="30" height="22" rx="5" fill="none" stroke="gray" stroke-width="2"/>' +
    '<path d="M3 28L29 4" stroke="gray" stroke-width="2"/>',
  /** Lines above and below. */
  spent: '<path d="M1 5h30M1 27h30" stroke="gray" stroke-width="2"/>',
  /** A line below. */
  ended: '<path d="M1 27h30" stroke="gray" stroke-width="2"/>',
};

/** Letters of an average digit's width .6 em fill the badge at these heights. */
const FONT_SIZES = [24, 24, 23, 17, 13.5];

/** As an SVG picture. */
export function gutterIcon({ label, look, colour }: Badge): string {
  const size = FONT_SIZES[Math.min(label.length, FONT_SIZES.length - 1)]!;
  const fit = label.length > 2 ? ` textLength="${SIZE - 4}" lengthAdjust="spacingAndGlyphs"` : '';
  const drop = look === 'failed' ? 4 : look === 'throttled' ? -2 : 0;
  const text = (fill: string): string =>
    `<text x="16" y="${16 + drop + size * 0.36}" fill="${fill}" font-family="sans-serif" font-weight="600" ` +
    `font-size="${size}" text-anchor="middle"${fit}>${label}</text>`;
  const bar = colour === undefined ? '' : `<rect width="${SIZE}" height="${BAR}" rx="1" fill="gray"/>`;
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${SIZE} ${SIZE}">` +
    (isFilled(look)
      ? `<mask id="letters"><path d="M0 0h${SIZE}v${SIZE}H0z" fill="white"/>${text('black')}</mask>` +
        `<g mask="url(#letters)">${FILLED[look]}</g>`
      : OUTLINED[look] + text('gray')) +
    `${bar}</svg>`
  );
}

const isFilled = (look: Look): look is keyof typeof FILLED => look in FILLED;

export function dataUri(svg: string): string {
  return `data:image/svg+xml;utf8,${encodeURIComponent(svg)}`;
}

/**
 * The size of the icon, and its colours.
 * @param icon as a data URI
 */
export function gutterIconStyle(icon: string, { look, colour }: Badge): string {
  const badge = cssColour(LOOK_COLOURS[look]);
  const edge = `${((BAR + 0.5) / SIZE) * 100}%`;
  const paint =
    colour === undefined
      ? badge
      : `linear-gradient(${cssColour(markColourId(colour))} ${edge}, ${badge} ${edge})`;
  // Not of the glyph itself: another extension may have a picture on it.
  const pseudo = `content: ''; position: absolute; inset: 0; background: ${paint}; mask: url("${icon}") center / contain no-repeat`;
  return `contain; background-image: none; &::after { ${pseudo} }`;
}

/** @param id of a contributed colour */
const cssColour = (id: string): string => `var(--vscode-${id.replaceAll('.', '-')})`;
