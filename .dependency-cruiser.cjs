// The arrows of ARCHITECTURE.md. A folder may import what its row names, and itself; nothing else.
const arrows = {
  sys: [],
  elf: [],
  x86: ['elf'],
  dwarf: ['elf'],
  symbols: ['dwarf', 'elf', 'sys'],
  expression: ['dwarf', 'elf'],
  capture: ['expression', 'dwarf', 'elf', 'x86'],
  value: ['capture', 'expression', 'dwarf', 'elf'],
  bpf: ['sys'],
  backend: ['bpf', 'x86', 'capture', 'elf', 'sys'],
  engine: ['symbols', 'x86', 'expression', 'capture', 'backend', 'value', 'dwarf', 'elf', 'sys'],
};

module.exports = {
  forbidden: [
    { name: 'no-circles', severity: 'error', from: {}, to: { circular: true } },
    {
      name: 'no-orphans',
      severity: 'error',
      from: { orphan: true, path: '^(src|adapter)/', pathNot: '\\.d\\.ts$' },
      to: {},
    },
    {
      name: 'extension-reaches-the-protocol-only',
      severity: 'error',
      from: { path: '^src/' },
      to: { path: '^adapter/', pathNot: '^adapter/(protocol|inertText|durationText)\\.ts$' },
    },
    {
      name: 'the-page-reaches-the-model-only',
      severity: 'error',
      from: { path: '^media/' },
      to: {
        path: '^(src|adapter)/',
        pathNot: '^(src/model/|adapter/(protocol|inertText|durationText)\\.ts$)',
      },
    },
    {
      name: 'adapter-knows-no-editor',
      severity: 'error',
      from: { path: '^adapter/' },
      to: { path: '^(src/|vscode$)' },
    },
    {
      name: 'messages-are-for-the-front',
      severity: 'error',
      from: { path: '^adapter/[^/]+/', pathNot: '^adapter/(dap|cli)/' },
      to: { path: '^adapter/(messages|protocol|main|cli)\\.ts$' },
    },
    {
      name: 'product-needs-no-tests',
      severity: 'error',
      from: { path: '^(src|adapter)/' },
      to: { path: '^test/' },
    },
    ...Object.entries(arrows).map(([folder, allowed]) => ({
      name: `arrows-of-${folder}`,
      severity: 'error',
      from: { path: `^adapter/${folder}/` },
      to: { path: '^adapter/', pathNot: `^adapter/(${[folder, ...allowed].join('|')})/` },
    })),
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsConfig: { fileName: 'tsconfig.json' },
    tsPreCompilationDeps: true,
    exclude: { path: '\\.generated\\.' },
  },
};
