const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

/** RFC 4648 base64 with padding. Written out because this package knows neither a browser nor Node. */
export function toBase64(bytes: Uint8Array): string {
  const parts: string[] = [];
  for (let i = 0; i < bytes.length; i += 3) {
    const left = bytes.length - i;
    const bits = ((bytes[i] ?? 0) << 16) | ((bytes[i + 1] ?? 0) << 8) | (bytes[i + 2] ?? 0);
    const third = left > 1 ? ALPHABET.charAt((bits >> 6) & 63) : '=';
    const fourth = left > 2 ? ALPHABET.charAt(bits & 63) : '=';
    parts.push(ALPHABET.charAt(bits >> 18), ALPHABET.charAt((bits >> 12) & 63), third, fourth);
  }
  return parts.join('');
}
