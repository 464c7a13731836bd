const { TestEnvironment } = require('jest-environment-node');

/**
 * onnxruntime's addon makes its arrays in Node's own context and checks them with `instanceof`, so tests have
 * to see Node's constructors and not those of jest's sandbox. A test environment for every package whose
 * tests run an ONNX model.
 */
module.exports = class extends TestEnvironment {
  constructor(config, context) {
    super(config, context);
    Object.assign(this.global, { Float32Array, BigInt64Array });
  }
};
