/** The collector of `mirror.helm`: the images that charts name. */
import { join } from 'node:path';
import { findHelm } from '../../../helm/find-helm';
import { chartsOf } from '../../../helm/helm';
import { impossible } from '../../../system/errors';
import { nameMisleadsOcMirror, notMirrorable } from '../errors';
import { misleadsOcMirror, targetOf } from './additional-images';
import type { Collector } from './collector';

/**
 * The images of all charts, each once, in the order of the configuration: local charts first, as in oc-mirror.
 *
 * @throws SEQ0461 to SEQ0464 for a repository or a chart that cannot be used, SEQ0528 and SEQ0529 for one that cannot be
 *   asked for, SEQ0414 for an image whose name misleads oc-mirror
 */
export const collectCharts: Collector = async (document, sources) => {
  const { repositories = [], local = [] } = document.config.mirror.helm ?? {};
  if (repositories.length + local.length === 0) return {};
  const program = await findHelm(sources);
  if (program === undefined) throw impossible('charts that nobody can render were not refused');
  const { images, files, versions, notes } = await chartsOf(document, {
    documents: sources.documents,
    program,
    folder: join(sources.scratch, 'charts'),
    workspaceRoot: sources.workspaceRoot,
    signal: sources.signal,
    onChart: (label) => sources.progress.detail(label),
  });
  const misleading = images.filter(({ name }) => misleadsOcMirror(targetOf({ name })));
  if (misleading.length > 0) throw notMirrorable(misleading.map(nameMisleadsOcMirror));
  return {
    images: images.map(({ name, chart }) => ({
      kind: 'helm',
      name,
      neededBy: `the chart ${chart}`,
      ...targetOf({ name }),
    })),
    files,
    pins: versions.map(({ path, version }) => ({ path, value: version })),
    notes,
  };
};
