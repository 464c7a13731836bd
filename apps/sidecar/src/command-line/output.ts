/** Where a command writes. Results go to `print`, everything a person watches meanwhile to `note`. */
export interface Output {
  /** One or more lines of result, to standard output. */
  print(text: string): void;
  /** One line about what is going on, to standard error. */
  note(text: string): void;
  /** The same, in a colour that stands out where colours are allowed. */
  warn(text: string): void;
  /** The stream that progress bars may draw on; null where nobody watches. */
  readonly progressStream: NodeJS.WritableStream | null;
}

/** The process's streams and environment, as far as output depends on them. */
export interface OutputStreams {
  readonly stdout: NodeJS.WritableStream;
  readonly stderr: NodeJS.WritableStream & { readonly isTTY?: boolean };
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** Writes to a process's streams. Colour and progress bars only on a terminal; `NO_COLOR` turns colour off. */
export function createOutput({ stdout, stderr, env }: OutputStreams): Output {
  for (const stream of [stdout, stderr]) stream.on('error', ignoreClosedPipe);
  const isTerminal = stderr.isTTY === true;
  const hasColour = isTerminal && !env['NO_COLOR'] && env['TERM'] !== 'dumb';
  const yellow = (text: string) => (hasColour ? `\u001b[33m${text}\u001b[0m` : text);
  return {
    print: (text) => void stdout.write(`${text}\n`),
    note: (text) => void stderr.write(`${text}\n`),
    warn: (text) => void stderr.write(`${yellow('warning:')} ${text}\n`),
    progressStream: isTerminal && env['TERM'] !== 'dumb' ? stderr : null,
  };
}

/** `forecache plan | head` closes the pipe early; what nobody reads is no failure. */
function ignoreClosedPipe(error: Error): void {
  if (!('code' in error) || error.code !== 'EPIPE') throw error;
}
