// Typed linting, and the two walls that imports may not cross: `vscode` only in src/, `ffi-rs` only in adapter/sys/.
import tseslint from 'typescript-eslint';

const only = (name, where) => ({ name, message: `${name} is imported by ${where} alone (ARCHITECTURE.md).` });

export default tseslint.config(
  {
    ignores: [
      'dist',
      'out',
      'coverage',
      'node_modules',
      '**/*.generated.*',
      '**/*.mjs',
      '**/*.cjs',
      '**/*.js',
    ],
  },
  ...tseslint.configs.strictTypeChecked,
  ...tseslint.configs.stylisticTypeChecked,
  {
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      '@typescript-eslint/switch-exhaustiveness-check': [
        'error',
        { considerDefaultExhaustiveForUnions: true },
      ],
      '@typescript-eslint/no-non-null-assertion': 'off', // table look-ups whose index is proven one line above
      '@typescript-eslint/restrict-template-expressions': [
        'error',
        { allowNumber: true, allowBoolean: true },
      ],
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/no-unnecessary-condition': ['error', { allowConstantLoopConditions: 'always' }],
      '@typescript-eslint/prefer-literal-enum-member': 'off',
      '@typescript-eslint/class-literal-property-style': 'off',
      'no-restricted-imports': ['error', { paths: [only('vscode', 'src/'), only('ffi-rs', 'adapter/sys/')] }],
      // `return done();` in a void function is a plain way to leave it.
      '@typescript-eslint/no-confusing-void-expression': [
        'error',
        { ignoreArrowShorthand: true, ignoreVoidReturningFunctions: true },
      ],
      eqeqeq: 'error',
    },
  },
  {
    files: ['src/**', 'test/ui/**'],
    rules: { 'no-restricted-imports': ['error', { paths: [only('ffi-rs', 'adapter/sys/')] }] },
  },
  {
    files: ['adapter/sys/**'],
    rules: { 'no-restricted-imports': ['error', { paths: [only('vscode', 'src/')] }] },
  },
  {
    files: ['test/**', 'examples/**'],
    rules: {
      '@typescript-eslint/no-unused-expressions': 'off',
      '@typescript-eslint/no-floating-promises': 'error',
    },
  },
);
