module.exports = {
  ...require('../../jest.preset.cjs'),
  displayName: 'sidecar',
  rootDir: __dirname,
};
