import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as demangler from 'gecko-profiler-demangle/index_bg.js';

/**
 * A symbol's name as it is written in C++ or Rust; one that is not mangled as it is. What is long is cut, what would not show
 * replaced.
 */
export function demangledName(name: string): string {
  const text = MANGLED.test(name) && name.length <= MAX_MANGLED ? demangled(name) : name;
  const shown = text.replace(/\p{C}/gu, '\u{fffd}');
  return shown.length > MAX_NAME ? `${shown.slice(0, MAX_NAME)}...` : shown;
}

function demangled(name: string): string {
  isLoaded ||= load();
  if (!isLoaded) return name;
  try {
    const text = demangler.demangle_any(name);
    // What it does not know may lose the underscore that some systems put before every name.
    if (text === name.slice(1)) return name;
    return text
      .replace(/^\{vtable\((.*)\)\}$/, 'vtable for $1')
      .replaceAll('_GLOBAL__N_1', '(anonymous namespace)');
  } catch (error) {
    // A name that was made to break it; its memory may be broken, too.
    isLoaded = false;
    if (error instanceof WebAssembly.RuntimeError || error instanceof RangeError) return name;
    throw error;
  }
}

/** Takes about 10 ms. False where the file is not there: names then stay as they are. */
function load(): boolean {
  for (const place of PLACES) {
    const bytes = contents(join(__dirname, place));
    if (!bytes) continue;
    const { exports } = new WebAssembly.Instance(new WebAssembly.Module(bytes), {
      './index_bg.js': demangler,
    });
    demangler.__wbg_set_wasm(exports);
    (exports['__wbindgen_start'] as () => void)();
    return true;
  }
  return false;
}

function contents(path: string): Buffer<ArrayBuffer> | undefined {
  try {
    return readFileSync(path);
  } catch {
    return undefined;
  }
}

let isLoaded = false;
/** Itanium C++ ABI, 5.1; Rust's v0. */
const MANGLED = /^_[ZR]/;
const MAX_MANGLED = 2048;
const MAX_NAME = 256;
/** Beside a bundle, and for the sources. */
const PLACES = ['demangle.wasm', '../../node_modules/gecko-profiler-demangle/index_bg.wasm'];
