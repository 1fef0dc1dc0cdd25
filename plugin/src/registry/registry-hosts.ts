/** What is known about each registry host: how to speak to it, what it asks for, and whether it can be reached at all. */
import type { Challenge } from './challenge';
import { parseChallenges } from './challenge';
import type { Http, RegistryHost } from './http';
import { discard } from './http';
import { networkFailureOf } from './network-failure';

export interface MetHost {
  /** `https://quay.io/v2/` */
  readonly base: URL;
  readonly challenges: readonly Challenge[];
}

export interface RegistryHosts {
  /** Contacts a host once (`GET /v2/`): over https, then http if that is allowed. Network failures are thrown. */
  meet(registry: RegistryHost): Promise<MetHost>;
  /** Whether the host has answered before. */
  hasMet(registry: RegistryHost): boolean;
}

export function createRegistryHosts({ http, signal }: { http: Http; signal: AbortSignal }): RegistryHosts {
  const met = new Map<string, Promise<MetHost>>();
  const answered = new Set<string>();

  const greet = async (registry: RegistryHost, scheme: 'https' | 'http'): Promise<MetHost> => {
    const base = new URL(`${scheme}://${addressOf(registry.host)}/v2/`);
    const response = await http.exchange({ method: 'GET', url: base, registry, signal });
    discard(response);
    return { base, challenges: response.status === 401 ? parseChallenges(response.header('www-authenticate')) : [] };
  };
  const greetEither = async (registry: RegistryHost): Promise<MetHost> => {
    try {
      return await greet(registry, 'https');
    } catch (error) {
      const failure = registry.insecure ? networkFailureOf(error) : undefined;
      // A proxy that requires a password requires it for plain HTTP too.
      if (failure === undefined || (failure.kind === 'proxy' && failure.status === 407)) throw error;
      return await greet(registry, 'http').catch((second: unknown) => {
        throw failure.kind === 'proxy' ? error : second;
      });
    }
  };

  return {
    hasMet: (registry) => answered.has(keyOf(registry)),
    meet: (registry) => {
      const key = keyOf(registry);
      const known = met.get(key);
      if (known !== undefined) return known;
      const meeting = greetEither(registry);
      met.set(key, meeting);
      meeting.then(
        () => answered.add(key),
        () => met.delete(key),
      );
      return meeting;
    },
  };
}

function keyOf({ host, insecure }: RegistryHost): string {
  return `${host} ${insecure}`;
}

// Docker Hub's API isn't where its name points.
function addressOf(host: string): string {
  return host === 'docker.io' ? 'registry-1.docker.io' : host;
}
