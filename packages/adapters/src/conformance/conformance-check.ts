import type { ModelHost } from '../model-host/model-host.js';

/** One property of every model host. Its title says what holds; `run` throws when it does not. */
export interface ConformanceCheck {
  readonly title: string;
  readonly run: (host: ModelHost) => Promise<void>;
}
