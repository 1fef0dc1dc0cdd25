/** What pulling and pushing share: trust, credentials, limits and retries, built from the settings. */
import { createAuthorizer } from './authorizer';
import { findCredentials } from './credentials';
import { createHostLimits } from './host-limits';
import type { Http, HttpTimeouts } from './http';
import { createHttp, defaultTimeouts } from './http';
import { createRegistryHosts } from './registry-hosts';
import type { RegistrySettings } from './settings';
import { sleep } from './sleep';
import type { RetryEvent, Transport } from './transport';
import { createTransport } from './transport';

export interface RegistryConnectionOptions {
  /** All paths in it are absolute. */
  readonly settings: RegistrySettings;
  /** Variables that name credentials, proxies and registries.conf; `process.env` is not read. */
  readonly env: Readonly<NodeJS.ProcessEnv>;
  /** Stops everything that this client does. */
  readonly signal: AbortSignal;
  /** How often a failed request, or a stalled download, is tried again. */
  readonly retries: number;
  readonly onRetry?: ((event: RetryEvent) => void) | undefined;
  readonly timeouts?: Partial<HttpTimeouts> | undefined;
  readonly now?: (() => Date) | undefined;
  readonly sleep?: ((ms: number, signal: AbortSignal) => Promise<void>) | undefined;
  readonly random?: (() => number) | undefined;
}

/** Opens no connection before the first request; `http.close` drops them. */
export function connectToRegistries(options: RegistryConnectionOptions): { http: Http; transport: Transport } {
  const { settings, env, retries, signal } = options;
  const now = options.now ?? (() => new Date());
  const http = createHttp({
    settings,
    env,
    timeouts: { ...defaultTimeouts, ...options.timeouts },
    now,
    sleep: options.sleep,
  });
  const transport = createTransport({
    http,
    hosts: createRegistryHosts({ http, signal }),
    authorizer: createAuthorizer({
      http,
      search: (place) => findCredentials(place, { authFile: settings.authFile, env, signal }),
      signal,
      now,
    }),
    limits: createHostLimits({ parallelOf: (host) => settings.hosts?.[host]?.parallel, now }),
    retries,
    onRetry: options.onRetry ?? (() => undefined),
    now,
    sleep: options.sleep ?? sleep,
    random: options.random ?? Math.random,
  });
  return { http, transport };
}
