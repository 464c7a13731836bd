import { parseAddress } from './address.js';

describe('parseAddress', () => {
  it.each([
    ['unix:/run/forecache.sock', { kind: 'unix', path: '/run/forecache.sock' }],
    ['localhost:0', { kind: 'tcp', host: 'localhost', port: 0 }],
    ['127.0.0.1:65535', { kind: 'tcp', host: '127.0.0.1', port: 65535 }],
    ['[::1]:50051', { kind: 'tcp', host: '[::1]', port: 50051 }],
  ])('reads %s', (address, expected) => {
    expect(parseAddress(address)).toEqual(expected);
  });

  it.each([
    '',
    'localhost',
    'localhost:',
    ':80',
    'localhost:65536',
    'localhost:-1',
    'http://localhost:80',
    'unix:',
    'unix:relative.sock',
    'unix://host/path',
    'unix:/a\0b',
    '::1:80',
  ])('refuses %j', (address) => {
    expect(() => parseAddress(address)).toThrow(
      `address must be unix:/path or host:port, got ${JSON.stringify(address)}`,
    );
  });

  it('refuses a path that does not fit a socket address', () => {
    expect(() => parseAddress(`unix:/${'x'.repeat(107)}`)).toThrow(
      'the path of a Unix socket must be at most 107 bytes long, got 108',
    );
  });
});
