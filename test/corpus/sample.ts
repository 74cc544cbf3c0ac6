/** The programs that are compared as a whole: all but those of hundreds of megabytes. */
export const LUA = [
  ...['gcc12', 'clang14'].flatMap((compiler) =>
    ['O0', 'Og', 'O2'].flatMap((level) => [`${compiler}-${level}-dw4`, `${compiler}-${level}-dw5`]),
  ),
  ...[
    'dw2',
    'dw3',
    'lto',
    'split4',
    'split5',
    'dw64',
    'types4',
    'types5',
    'gz',
    'gzgnu',
    'gc',
    'nopie',
    'dwz',
  ].map((kind) => `gcc12-O2-${kind}`),
  'gcc12-O3-dw5',
  'clang14-O2-lto',
  'clang14-O2-names',
].map((variant) => `lua-${variant}`);
export const OTHERS = [
  ...['inst', 'objects'].flatMap((name) =>
    ['gcc12-O0', 'gcc12-O2', 'clang14-O0', 'clang14-O2'].map((variant) => `${name}-${variant}`),
  ),
  'rs-O0',
  'rs-O2',
  'sqlite3-gcc12-O0',
  'sqlite3-gcc12-O2',
  'sqlite3-clang14-O2',
  'libsqlite3.so',
  'redis-server',
  'emacs-temacs',
  'libpython3.11d.so',
  'libstdc++-dbg.so',
];

export const ALL = [...LUA, ...OTHERS];
