import type { Finding } from '../../system/errors';
import type { Positions } from '../../yaml/positions';
import { apiVersionOther, mirrorsNothing } from '../errors';
import { archiveSizeNotPositive, withoutEffect } from '../lints';
import type { ImageSetConfiguration, MirrorContent } from '../schema';

const currentApiVersion = 'mirror.openshift.io/v2alpha1';

export function* generalRules(config: ImageSetConfiguration, { at, atKey }: Positions): Iterable<Finding> {
  const { apiVersion, archiveSize, mirror } = config;
  if (apiVersion !== currentApiVersion) yield apiVersionOther({ at: at(['apiVersion']), apiVersion });
  if (archiveSize !== undefined && archiveSize <= 0)
    yield archiveSizeNotPositive({ at: at(['archiveSize']), archiveSize });
  if (asksForNothing(mirror)) yield mirrorsNothing({ at: at(['mirror']) });
  if (mirror.samples !== undefined && mirror.samples.length > 0) {
    yield withoutEffect({
      at: atKey(['mirror', 'samples']),
      what: '`samples` has no effect',
      why: 'oc-mirror reads this key, but mirrors nothing for it',
      next: 'List the images of the samples under additionalImages',
    });
  }
}

function asksForNothing({ platform, operators, additionalImages, helm }: MirrorContent): boolean {
  const lists = [platform?.channels, operators, additionalImages, helm?.repositories, helm?.local];
  return (
    lists.every((list) => list === undefined || list.length === 0) && !platform?.release && platform?.graph !== true
  );
}
