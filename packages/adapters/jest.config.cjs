module.exports = { ...require('../../jest.preset.cjs'), displayName: 'adapters', rootDir: __dirname };
