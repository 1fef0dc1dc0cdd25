export interface RunEnvironment {
  /** Port of the registry that oc-mirror runs over its cache. */
  readonly port?: number | undefined;
  readonly registriesConf?: string | undefined;
  /** For temporary files; below the engine's folder, so that they are on its disk and can be cleared. */
  readonly temporaryFolder?: string | undefined;
  /** Makes oc-mirror take the graph image from its cache instead of building it again. */
  readonly reuseGraphImage?: boolean | undefined;
}

// Unless this is set, oc-mirror builds a new graph image on every run (release/graph.go); set to its own default, it
// changes nothing else.
const defaultUpdateUrl = 'https://api.openshift.com/api/upgrades_info/v1/graph';

const loopback = ['localhost', '127.0.0.1'];

/**
 * The environment of one oc-mirror: the caller's, without variables that would change its behaviour. Every `REGISTRY_*`
 * variable is removed, since the registry inside oc-mirror reads them as overrides of its config
 * (openshift/oc-mirror#1453: a panic); one is set, to bind that registry to loopback: without it, it listens on all
 * interfaces with delete enabled.
 */
export function ocMirrorEnvironment(env: Readonly<NodeJS.ProcessEnv>, run: RunEnvironment): NodeJS.ProcessEnv {
  const kept = Object.entries(env).filter(
    ([name]) => !name.startsWith('REGISTRY_') && name !== 'OC_MIRROR_CACHE' && name !== 'VERSION_FILTER',
  );
  const result: NodeJS.ProcessEnv = { ...Object.fromEntries(kept), ...noProxy(env) };
  if (run.port !== undefined) result['REGISTRY_HTTP_ADDR'] = `127.0.0.1:${run.port}`;
  if (run.registriesConf !== undefined) result['CONTAINERS_REGISTRIES_CONF'] = run.registriesConf;
  if (run.temporaryFolder !== undefined) result['TMPDIR'] = run.temporaryFolder;
  if (run.reuseGraphImage === true) result['UPDATE_URL_OVERRIDE'] ??= defaultUpdateUrl;
  return result;
}

/** The cache registry must not be reached through a proxy. */
function noProxy(env: Readonly<NodeJS.ProcessEnv>): NodeJS.ProcessEnv {
  const proxies = ['HTTP_PROXY', 'HTTPS_PROXY', 'http_proxy', 'https_proxy'];
  if (!proxies.some((name) => (env[name] ?? '') !== '')) return {};
  const hosts = (env['NO_PROXY'] ?? env['no_proxy'] ?? '').split(',').filter((host) => host !== '');
  const value = [...hosts, ...loopback.filter((host) => !hosts.includes(host))].join(',');
  return { NO_PROXY: value, no_proxy: value };
}
