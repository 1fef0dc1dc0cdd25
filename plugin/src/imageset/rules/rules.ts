import type { Finding } from '../../system/errors';
import type { Positions } from '../../yaml/positions';
import type { ImageSetConfiguration } from '../schema';
import { blockedImagesRules } from './blocked-images';
import { destinationRules } from './destinations';
import { generalRules } from './general';
import { helmRules } from './helm';
import { imageRules } from './images';
import { operatorRules } from './operators';
import { packageRules } from './packages';
import { platformRules } from './platform';

export { hasUnsafeText, unsafeTexts } from './texts';

/** A rule checks a configuration of the right shape and returns what is wrong with it. */
export type Rule = (config: ImageSetConfiguration, positions: Positions) => Iterable<Finding>;

const rules: readonly Rule[] = [
  generalRules,
  platformRules,
  operatorRules,
  packageRules,
  imageRules,
  helmRules,
  blockedImagesRules,
  destinationRules,
];

export function rulesBroken(config: ImageSetConfiguration, positions: Positions): readonly Finding[] {
  return rules.flatMap((rule) => [...rule(config, positions)]);
}
