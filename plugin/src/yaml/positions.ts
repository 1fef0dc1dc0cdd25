import type { Position } from '../system/errors';
import type { Place } from './placed-value';
import { placeAt } from './placed-value';
import type { YamlSource } from './source';

/** Where in the file the parts of a value are written; of the nearest parent if a path leads nowhere. */
export interface Positions {
  readonly place: Place;
  at(path: readonly PropertyKey[]): Position;
  /** The place of the key instead of its value. */
  atKey(path: readonly PropertyKey[]): Position;
}

export function positionsIn(source: YamlSource, place: Place): Positions {
  return {
    place,
    at: (path) => source.at(placeAt(place, path).offset),
    atKey: (path) => source.at(placeAt(place, path).keyOffset),
  };
}
