module.exports = {
  ...require('../../jest.preset.cjs'),
  displayName: 'adapters',
  rootDir: __dirname,
  testEnvironment: require.resolve('./jest-environment.cjs'),
};
