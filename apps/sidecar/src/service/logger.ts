import { invalidArgument } from '@forecache/core';
import { pino, type Logger } from 'pino';
import pretty from 'pino-pretty';

/** Levels that a person can ask for, quietest last. */
export const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'silent'] as const;

/** How loud a log is. */
export type LogLevel = (typeof LOG_LEVELS)[number];

/** A level from text. */
export function parseLogLevel(name: string, text: string): LogLevel {
  const level = LOG_LEVELS.find((candidate) => candidate === text);
  if (level !== undefined) return level;
  throw invalidArgument(name, `one of ${LOG_LEVELS.join(', ')}`, text);
}

/** Standard error, as far as a log depends on it. */
export interface ErrorStream {
  readonly fd: number;
  readonly isTTY?: boolean;
}

/** A log on standard error: for people on a terminal, one JSON object a line everywhere else. */
export function createLogger(level: LogLevel, stderr: ErrorStream): Logger {
  const options = { level, base: null };
  if (!stderr.isTTY) return pino(options, pino.destination({ fd: stderr.fd, sync: true }));
  return pino(options, pretty({ destination: stderr.fd, sync: true, colorize: true }));
}
