import { Cursor } from './cursor';

/** An entry of a SHT_NOTE section or PT_NOTE segment (gABI, "Note Section"). */
export interface Note {
  readonly owner: string;
  readonly type: number;
  readonly description: Uint8Array;
}

/**
 * @param alignment of the segment or section: 8 for .note.gnu.property, otherwise 4.
 * @throws DecodeError `truncated`
 */
export function* notes(bytes: Uint8Array, alignment: number): Generator<Note> {
  const unit = alignment === 8 ? 8 : 4;
  const cursor = new Cursor(bytes, 'note');
  const align = (): void => {
    cursor.skip(Math.min(-cursor.offset & (unit - 1), cursor.remaining));
  };
  while (cursor.remaining >= NOTE_HEADER_SIZE) {
    const ownerSize = cursor.u32();
    const descriptionSize = cursor.u32();
    const type = cursor.u32();
    const owner = Buffer.from(cursor.take(ownerSize)).toString('latin1').replace(/\0.*$/s, '');
    align();
    const description = cursor.take(descriptionSize);
    align();
    yield { owner, type, description };
  }
}

/** NT_GNU_BUILD_ID, in lower-case hex; undefined if there is none. @throws DecodeError `truncated` */
export function buildIdOf(bytes: Uint8Array, alignment: number): string | undefined {
  for (const { owner, type, description } of notes(bytes, alignment))
    if (owner === 'GNU' && type === NT_GNU_BUILD_ID && description.length <= MAX_BUILD_ID_BYTES)
      return Buffer.from(description).toString('hex');
  return undefined;
}

const NOTE_HEADER_SIZE = 12;
const NT_GNU_BUILD_ID = 3;
/** SHA-1 has 20, but --build-id=0x... takes any. */
const MAX_BUILD_ID_BYTES = 64;
