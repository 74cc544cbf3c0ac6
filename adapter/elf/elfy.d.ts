/** elfy 1.0.0, as far as it is used: the names it gives to the numbers of the headers. */
declare module 'elfy' {
  interface Section {
    readonly name: string;
    /** `progbits`, `nobits`, `note`, ...; the number where elfy knows no name. */
    readonly type: string | number;
    readonly off: number;
    readonly size: number;
    readonly link: number;
    readonly info: number;
  }
  interface Program {
    /** `load`, `note`, ...; undefined where elfy knows no name. */
    readonly type: string | undefined;
    readonly offset: number;
    readonly filesz: number;
    readonly memsz: number;
    readonly flags: { readonly r?: true; readonly w?: true; readonly x?: true };
    readonly align: number;
  }
  interface Elf {
    /** `exec`, `dyn`, `rel`, `core`, `none`; undefined for others. */
    readonly type: string | undefined;
    readonly body: { readonly programs: readonly Program[]; readonly sections: readonly Section[] };
  }
  export function parse(image: Buffer): Elf;
}
