/** Shared by every package: SWC transforms TypeScript, workspace packages resolve to their sources. */
module.exports = {
  testEnvironment: 'node',
  testMatch: ['<rootDir>/src/**/*.spec.ts', '<rootDir>/test/**/*.spec.ts'],
  transform: {
    '^.+\\.[tj]s$': [
      '@swc/jest',
      {
        swcrc: false,
        jsc: { parser: { syntax: 'typescript' }, target: 'es2022' },
        module: { type: 'commonjs' },
        sourceMaps: 'inline',
      },
    ],
  },
  moduleNameMapper: { '^(\\.{1,2}/.*)\\.js$': '$1' },
  moduleFileExtensions: ['ts', 'js', 'json', 'node'],
  testEnvironmentOptions: {
    customExportConditions: ['@forecache/source', 'node', 'require', 'default'],
  },
  setupFilesAfterEnv: [require.resolve('./tools/checks/fail-on-console.cjs')],
};
