import { fileURLToPath } from 'node:url';

/** The program that child processes run: `main.js` beside this file. */
export function mainFile(): string {
  return fileURLToPath(new URL('./main.js', import.meta.url));
}
