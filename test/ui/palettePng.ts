/// <reference lib="dom" />
/** Screenshots as PNG files with a palette: a third of the size, and of what an editor shows no eye sees the difference. */
import { crc32, deflateSync } from 'node:zlib';
import type { Page } from 'playwright-core';

/** Pixels, three bytes each: red, green, blue. */
interface Picture {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8Array;
}

const MOST_COLOURS = 256;

/** @param png a screenshot of Chromium's, which also reads it */
export async function withPalette(page: Page, png: Buffer): Promise<Buffer> {
  const { width, height, base64 } = await page.evaluate(async (encoded) => {
    const bytes = Uint8Array.from(atob(encoded), (character) => character.charCodeAt(0));
    const image = await createImageBitmap(new Blob([bytes]));
    const context = new OffscreenCanvas(image.width, image.height).getContext('2d')!;
    context.drawImage(image, 0, 0);
    const { data } = context.getImageData(0, 0, image.width, image.height);
    let text = '';
    for (let i = 0; i < data.length; i += 4)
      text += String.fromCharCode(data[i]!, data[i + 1]!, data[i + 2]!);
    return { width: image.width, height: image.height, base64: btoa(text) };
  }, png.toString('base64'));
  return encode({ width, height, data: Buffer.from(base64, 'base64') });
}

/** PNG, third edition, 11.2: colour type 3 of 8 bits, no filter. */
function encode({ width, height, data }: Picture): Buffer {
  const { palette, places } = paletteOf(data);
  const rows = Buffer.alloc((width + 1) * height);
  for (let y = 0; y < height; y++) rows.set(places.subarray(y * width, (y + 1) * width), y * (width + 1) + 1);
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, 3, 0, 0, 0], 8);
  return Buffer.concat([
    Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'),
    chunk('IHDR', header),
    chunk('PLTE', Buffer.from(palette)),
    chunk('IDAT', deflateSync(rows, { level: 9 })),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

/** PNG, third edition, 5.3: length, type, data, check sum of type and data. */
function chunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const whole = Buffer.alloc(body.length + 8);
  whole.writeUInt32BE(data.length, 0);
  whole.set(body, 4);
  whole.writeUInt32BE(crc32(body), body.length + 4);
  return whole;
}

/**
 * Colours whose high bits are the same become the most frequent one of them: as many low bits are left out as it takes. The
 * backgrounds, which one would see, stay what they are.
 */
function paletteOf(data: Uint8Array): { palette: number[]; places: Uint8Array } {
  const counts = new Map<number, number>();
  const colourAt = (i: number): number => (data[i]! << 16) | (data[i + 1]! << 8) | data[i + 2]!;
  for (let i = 0; i < data.length; i += 3) counts.set(colourAt(i), (counts.get(colourAt(i)) ?? 0) + 1);
  const frequent = [...counts].sort((a, b) => b[1] - a[1] || a[0] - b[0]).map(([colour]) => colour);
  for (let left = 0; ; left++) {
    const mask = ((0xff << left) & 0xff) * 0x010101;
    const places = new Map<number, number>();
    const palette: number[] = [];
    for (const colour of frequent) {
      if (places.has(colour & mask)) continue;
      places.set(colour & mask, palette.length);
      palette.push(colour);
    }
    if (palette.length > MOST_COLOURS) continue;
    return {
      palette: palette.flatMap((colour) => [colour >> 16, (colour >> 8) & 0xff, colour & 0xff]),
      places: Uint8Array.from({ length: data.length / 3 }, (_, i) => places.get(colourAt(i * 3) & mask)!),
    };
  }
}
