import type { ImageSetDocument } from '../../imageset/document';
import { requireImageSet } from '../../imageset/document';

export function documentOf(text: string): ImageSetDocument {
  return requireImageSet(text, 'imageset-config.yaml');
}
