import type { Finding } from '../../system/errors';
import type { Positions } from '../../yaml/positions';
import { carriesCredentials } from '../credentials';
import { urlUnusable } from '../errors';
import { urlWithoutSlash } from '../lints';
import type { ImageSetConfiguration } from '../schema';

export function* helmRules({ mirror: { helm = {} } }: ImageSetConfiguration, positions: Positions): Iterable<Finding> {
  for (const [index, { url, charts }] of (helm.repositories ?? []).entries()) {
    const at = positions.at(['mirror', 'helm', 'repositories', index, 'url']);
    if (carriesCredentials(url)) continue;
    if (!/^https?:\/\/[^/]/.test(url)) yield urlUnusable({ at, url });
    else if (charts === undefined && !url.endsWith('/')) yield urlWithoutSlash({ at });
  }
}
