/** A test that writes to the console fails: output belongs to the command line, not to libraries. */
for (const method of ['log', 'info', 'warn', 'error', 'debug']) {
  const original = console[method];
  let calls = [];
  beforeEach(() => {
    calls = [];
    console[method] = (...args) => calls.push(args);
  });
  afterEach(() => {
    console[method] = original;
    if (calls.length > 0) {
      throw new Error(`console.${method} was called in a test: ${JSON.stringify(calls[0])}`);
    }
  });
}
