module.exports = {
  ...require('../../jest.preset.cjs'),
  displayName: 'cache-policy',
  rootDir: __dirname,
};
