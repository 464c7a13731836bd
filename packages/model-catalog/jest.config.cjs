module.exports = {
  ...require('../../jest.preset.cjs'),
  displayName: 'model-catalog',
  rootDir: __dirname,
};
