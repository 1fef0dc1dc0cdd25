import type { MirrorLocation } from '../api';
import type { ExecutorRun } from './run-executor';
import { locationOf } from './run-executor';

/**
 * The mirror of a site, and the site's name.
 *
 * @param site the site's folder, from the top of the workspace: `mirror/sites/bravo`; `undefined` for a mirror's target
 */
export function siteLocationOf(
  run: ExecutorRun,
  site: string | undefined,
): { readonly location: MirrorLocation; readonly site: string | undefined } {
  const { folder, ...location } = locationOf(run, site);
  return { location, site: site === undefined ? undefined : folder };
}
