/** gecko-profiler-demangle 0.4.0: what wasm-bindgen made for its index_bg.wasm, which is not loaded by itself. */
declare module 'gecko-profiler-demangle/index_bg.js' {
  /** The name itself where it is not mangled, or in no way that is known. */
  export function demangle_any(name: string): string;
  export function __wbg_set_wasm(exports: WebAssembly.Exports): void;
  export function __wbindgen_init_externref_table(): void;
}
